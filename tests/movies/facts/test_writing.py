"""Facts are written once, by who may, and nobody is there twice."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from movies.facts.movie_facts import MovieFacts, PersonFact
from movies.facts.writing import clear_batch, write_all
from movies.models import AlternativeTitle, Credit, FactSource, Movie, Person
from tests.movies.facts.facts import DE_NIRO, HEAT, MANN, PACINO, credits, sources

TMDB, WIKIDATA, BUILT_IN = FactSource.TMDB, FactSource.WIKIDATA, FactSource.BUILT_IN
OPERATOR = FactSource.OPERATOR


def write(movie: Movie, facts: MovieFacts, source: str = BUILT_IN) -> int:
    changed = write_all(source, [(movie.pk, facts)])["changed"]
    movie.refresh_from_db()
    return changed


def everything() -> list[list[tuple]]:
    models = (Movie, Person, Credit, AlternativeTitle)
    return [list(model.objects.order_by("pk").values_list()) for model in models]


def test_it_works(heat: Movie) -> None:
    titles = ("Heat", "Fuego contra fuego")
    assert write(heat, replace(HEAT, alternative_titles=titles)) == 1
    assert (heat.runtime, heat.countries, heat.languages) == (170, "US", "en es")
    assert heat.description.startswith("A detective")
    assert credits(heat) == ["Al Pacino", "Robert De Niro"]
    assert heat.credits.get(person__name="Al Pacino").character == "Vincent Hanna"
    assert credits(heat, Credit.Role.DIRECTOR) == credits(heat, Credit.Role.WRITER)
    assert Person.objects.count() == 3
    assert Person.objects.get(name_key="michael mann").wikidata_id == "Q312290"
    assert [title.title for title in heat.alternative_titles.all()] == ["Fuego contra fuego"]
    assert set(sources(heat).values()) == {BUILT_IN}
    assert sources(heat).keys() >= {"runtime", "cast", "directors", "alternative_titles"}


def test_a_second_time_changes_no_row(heat: Movie, make_movie: Callable[..., Movie]) -> None:
    facts = [(heat.pk, HEAT), (make_movie("Thief", 1981).pk, replace(HEAT, cast=(MANN, PACINO)))]
    write_all(TMDB, facts)
    before = everything()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert write_all(TMDB, facts)["changed"] == 0
    assert everything() == before
    written = [q["sql"] for q in queries if q["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]
    assert written == []


def test_queries_do_not_grow_with_the_batch(make_movie: Callable[..., Movie]) -> None:
    def count(n: int, start: int) -> int:
        movies = [make_movie(f"Film {start + k}") for k in range(n)]
        facts = [
            (movie.pk, replace(HEAT, cast=(PersonFact(f"Somebody {movie.pk}"),)))
            for movie in movies
        ]
        with CaptureQueriesContext(connection) as queries:
            write_all(WIKIDATA, facts)
        return len(queries)

    count(1, 0)
    assert count(30, 100) == count(2, 200)


def test_a_better_source_replaces_and_a_worse_one_does_not(heat: Movie) -> None:
    write(heat, HEAT, BUILT_IN)
    write(heat, MovieFacts(runtime=171, countries=("FR",)), WIKIDATA)
    assert (heat.runtime, heat.countries) == (171, "FR")
    write(heat, MovieFacts(runtime=172), TMDB)
    assert write(heat, MovieFacts(runtime=173), WIKIDATA) == 0
    assert write(heat, HEAT, BUILT_IN) == 0
    assert heat.runtime == 172
    assert sources(heat)["runtime"] == TMDB
    assert sources(heat)["countries"] == WIKIDATA


def test_the_order_of_billing_of_the_files_stays(heat: Movie) -> None:
    """Wikidata has none."""
    write(heat, HEAT, BUILT_IN)
    write(heat, replace(HEAT, cast=(DE_NIRO, PACINO), directors=(PACINO,)), WIKIDATA)
    assert credits(heat) == ["Al Pacino", "Robert De Niro"]
    assert credits(heat, Credit.Role.DIRECTOR) == ["Al Pacino"]
    write(heat, MovieFacts(cast=(DE_NIRO, PACINO)), TMDB)
    assert credits(heat) == ["Robert De Niro", "Al Pacino"]


@pytest.mark.parametrize("source", [TMDB, WIKIDATA, BUILT_IN])
def test_what_the_operator_typed_or_cleared_stays(heat: Movie, source: str) -> None:
    Movie.objects.filter(pk=heat.pk).update(runtime=99, description="")
    heat.refresh_from_db()
    heat.note_source(["runtime", "description", "cast"], OPERATOR)
    heat.save()
    write(heat, HEAT, source)
    assert (heat.runtime, heat.description, credits(heat)) == (99, "", [])
    assert credits(heat, Credit.Role.DIRECTOR) == ["Michael Mann"]


def test_what_came_with_the_data_set_stays(heat: Movie) -> None:
    write(heat, MovieFacts(imdb_id="tt9999999", tmdb_id=1, year=1996, runtime=5), TMDB)
    assert (heat.imdb_id, heat.tmdb_id, heat.year, heat.runtime) == ("tt0113277", 949, 1995, 5)


def test_nothing_erases_nothing(heat: Movie) -> None:
    write(heat, HEAT, TMDB)
    assert write(heat, MovieFacts(), TMDB) == 0
    assert heat.runtime == 170
    assert credits(heat) == ["Al Pacino", "Robert De Niro"]


def test_equal_facts_keep_their_source(heat: Movie) -> None:
    """Or TMDB's terms would take away what is known without it."""
    write(heat, HEAT, WIKIDATA)
    assert write(heat, HEAT, TMDB) == 0
    assert sources(heat)["runtime"] == WIKIDATA


def test_a_year_is_not_taken_from_tmdb(make_movie: Callable[..., Movie]) -> None:
    """Lists are steered by it."""
    movie = make_movie("Paterson", None)
    write(movie, MovieFacts(year=2016), TMDB)
    assert movie.year is None
    write(movie, MovieFacts(year=2016), WIKIDATA)
    assert movie.year == 2016


def test_no_two_movies_get_one_id(heat: Movie, make_movie: Callable[..., Movie]) -> None:
    twins = [make_movie(f"Twin {number}") for number in range(2)]
    taken = MovieFacts(imdb_id="tt0113277", wikidata_id="Q42198")
    write_all(WIKIDATA, [(movie.pk, taken) for movie in twins])
    for movie in twins:
        movie.refresh_from_db()
    assert [movie.imdb_id for movie in twins] == ["", ""]
    assert [movie.wikidata_id for movie in twins] == ["Q42198", ""]


def test_the_original_title_is_searched_by(make_movie: Callable[..., Movie]) -> None:
    movie = make_movie("Amelie", 2001)
    write(movie, MovieFacts(original_title="Le fabuleux destin d'Amélie Poulain"))
    assert movie.title_key == "amelie / le fabuleux destin d amelie poulain"
    other = make_movie("Alien")
    assert write(other, MovieFacts(original_title="ALIEN")) == 0


def test_cleared_facts_leave_the_rest(heat: Movie) -> None:
    write(heat, replace(HEAT, alternative_titles=("Hitze",)), TMDB)
    write(heat, MovieFacts(wikidata_id="Q42198"), WIKIDATA)
    assert clear_batch(TMDB, [heat.pk]) == 1
    heat.refresh_from_db()
    assert (heat.runtime, heat.description, heat.countries) == (None, "", "")
    assert (heat.tmdb_id, heat.wikidata_id) == (949, "Q42198")
    assert sources(heat) == {"wikidata_id": WIKIDATA}
    assert not Credit.objects.exists()
    assert not Person.objects.exists()
    assert not AlternativeTitle.objects.exists()
    assert clear_batch(TMDB, [heat.pk]) == 0


def test_people_without_a_credit_go_others_stay(
    heat: Movie, make_movie: Callable[..., Movie]
) -> None:
    write(heat, HEAT)
    write(make_movie("Thief", 1981), MovieFacts(directors=(MANN,), cast=(PACINO,)))
    Person.objects.create(name="Typed By Hand")
    write(heat, replace(HEAT, cast=(PACINO,)))
    names = set(Person.objects.values_list("name", flat=True))
    assert names == {"Michael Mann", "Al Pacino", "Typed By Hand"}
    moved = replace(HEAT, cast=(DE_NIRO, PACINO))
    write(heat, moved)
    assert credits(heat) == ["Robert De Niro", "Al Pacino"]
    assert write(heat, moved) == 0
