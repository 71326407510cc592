"""What cannot be stored is left out of facts before they are written."""

import pytest

from movies.facts.codes import country_code, language_code
from movies.facts.movie_facts import MovieFacts, PersonFact


def test_it_works() -> None:
    facts = MovieFacts(
        title=" Heat\u202e ",
        original_title="Heat\x00",
        alternative_titles=("heat!", "Fuego", "FUEGO", ""),
        runtime=170,
        countries=("us", "XG", "US", "??"),
        languages=("en", "cn", "EN", "xx"),
        description="One\u0007 line.\r\n\r\n\r\nAnother.",
        imdb_id="tt0113277",
    )
    clean = facts.cleaned()
    assert (clean.title, clean.original_title) == ("Heat", "Heat")
    assert clean.alternative_titles == ("Fuego",)
    assert clean.countries == ("US", "DD")
    assert clean.languages == ("en", "yue", "xx")
    assert clean.description == "One line.\n\nAnother."
    assert clean.cleaned() == clean


@pytest.mark.parametrize(
    "facts",
    [
        *(MovieFacts(runtime=runtime) for runtime in (0, -1, 1501, True)),
        *(MovieFacts(year=year) for year in (0, 1869, 2201)),
        *(MovieFacts(imdb_id=one) for one in ("tt1", "nm0000001", "tt0113277\n", "TT0113277")),
        *(MovieFacts(wikidata_id=one) for one in ("42", "Q0", "P31", "Q" + "1" * 16)),
        *(MovieFacts(tmdb_id=one) for one in (0, -1, 2**31)),
        MovieFacts(original_title="x" * 301),
        MovieFacts(countries=("USA", "U", "United States")),
        MovieFacts(languages=("english", "e", "e1n")),
    ],
)
def test_left_out(facts: MovieFacts) -> None:
    assert facts.cleaned() == MovieFacts()


def test_long_lists_and_texts_are_cut() -> None:
    people = tuple(PersonFact(f"Person {n}") for n in range(40))
    facts = MovieFacts(
        cast=people, directors=people, description="x" * 6000, alternative_titles=tuple("abc" * 99)
    ).cleaned()
    assert (len(facts.cast), len(facts.directors)) == (15, 10)
    assert len(facts.description) == 5000
    assert facts.description.endswith("…")
    assert facts.alternative_titles == ("a", "b", "c")


@pytest.mark.parametrize("code", ["SU", "YU", "CS", "DD", "XK", "GB"])
def test_countries_that_are_no_more_have_a_code(code: str) -> None:
    assert country_code(code) == code


def test_one_code_for_one_language() -> None:
    codes = [language_code(code) for code in ("yue", "cn", "nb", "zxx", "cmn", None, "")]
    assert codes == ["yue", "yue", "no", "xx", "zh", "", ""]
