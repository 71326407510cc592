"""What the movie page says about a movie: facts, people, sources, links."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from movies.models import FactSource, Movie, Person
from movies.movie_page.facts import facts_of, in_hours
from tests.movies.facts.made import credit, give_facts, give_the_third_man


@pytest.fixture
def third_man(make_movie: Callable[..., Movie]) -> Movie:
    return give_the_third_man(make_movie("The Third Man", 1949, "Thriller"))


def page(client: Client, movie: Movie, language: str = "en") -> str:
    answer = client.get(movie.get_absolute_url(), headers={"accept-language": language})
    return answer.content.decode()


def names(content: str, heading: str) -> list[str]:
    """The linked names after a heading."""
    block = content.partition(heading)[2].partition("</p>")[0].partition("</div>")[0]
    return re.findall(r'<a href="/artists/\d+-[^"]+/">([^<]+)</a>', block)


def test_it_works(client: Client, third_man: Movie) -> None:
    content = page(client, third_man)
    assert names(content, "Directed by") == ["Carol Reed"]
    assert names(content, "Written by") == ["Graham Greene", "Orson Welles"]
    cast = content.partition('id="cast"')[2]
    assert names(cast, "</h2>")[:3] == ["Joseph Cotten", "Alida Valli", "Orson Welles"]
    assert "<span>Harry Lime</span>" in cast
    for words in ("1 h 44 min", "United Kingdom, United States", "English, German, Russian"):
        assert words in content
    assert "A pulp novelist arrives" in content
    assert "Le Troisième Homme" in content.partition("Also known as")[2]


def test_links_leave_the_site_plainly(client: Client, third_man: Movie) -> None:
    content = page(client, third_man)
    for address in (
        "https://www.imdb.com/title/tt0041959/",
        "https://www.themoviedb.org/movie/1092",
        "https://www.wikidata.org/wiki/Q271830",
    ):
        assert f'<a href="{address}" rel="external noopener noreferrer">' in content
    assert "<img" not in content
    assert "<iframe" not in content


def test_nothing_is_said_where_nothing_is_known(client: Client, make_movie: Callable) -> None:
    content = page(client, make_movie("Unknown", None))
    for words in ("Directed by", "Written by", "Cast", "Country", "Also known as", "Facts:"):
        assert words not in content
    assert "Description:" not in content


@pytest.mark.parametrize(
    ("source", "words", "has_notice"),
    [
        (FactSource.WIKIDATA, "Facts: Wikidata, CC0", False),
        (FactSource.TMDB, "Facts: TMDB", True),
        (FactSource.BUILT_IN, "Facts: built-in catalogue, MIT licence", False),
    ],
)
def test_sources_are_named(
    client: Client, make_movie: Callable, source: str, words: str, has_notice: bool
) -> None:
    movie = give_facts(make_movie(), source=source, runtime=117, description="In space.")
    content = page(client, movie)
    assert words in content
    assert words.replace("Facts", "Description") in content
    assert ("not endorsed or certified by TMDB" in content) is has_notice


def test_the_operators_own_words_need_no_source(client: Client, make_movie: Callable) -> None:
    movie = give_facts(make_movie(), source=FactSource.OPERATOR, description="In space.")
    content = page(client, movie)
    assert "In space." in content
    assert "Description:" not in content
    assert "Facts:" not in content


def test_names_follow_the_readers_language(client: Client, third_man: Movie) -> None:
    assert "Englisch, Deutsch, Russisch" in page(client, third_man, "de")


def test_codes_without_a_name_are_shown_as_they_are(make_movie: Callable) -> None:
    facts = facts_of(give_facts(make_movie(), countries="US ZZ", languages="fr qqq"))
    assert (facts.countries, facts.languages) == ("United States, ZZ", "French, qqq")


def test_a_title_is_not_repeated(make_movie: Callable) -> None:
    movie = make_movie("Ran", original_title="Ran")
    facts = facts_of(give_facts(movie, titles=["Ran", "乱"]))
    assert (facts.original_title, list(facts.alternative_titles)) == ("", ["乱"])


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(None, ""), (0, ""), (45, "45 min"), (60, "1 h"), (142, "2 h 22 min"), (601, "10 h 1 min")],
)
def test_runtimes(minutes: int | None, words: str) -> None:
    assert in_hours(minutes) == words


def test_no_name_gets_out_of_its_place(client: Client, make_movie: Callable) -> None:
    movie = give_facts(
        make_movie(),
        cast=[("<script>alert(1)</script>", '"><b>')],
        titles=["</details><i>"],
    )
    content = page(client, movie)
    for markup in ("<script>alert", '"><b>', "<i>"):
        assert markup not in content


def test_the_same_person_in_two_roles_and_cast_in_order(make_movie: Callable) -> None:
    movie = make_movie("Citizen Kane")
    for role in ("cast", "director", "writer"):
        credit(movie, "Orson Welles", role)
    credit(movie, "Joseph Cotten")
    movie.credits.filter(role="cast", person__name="Joseph Cotten").update(position=0)
    movie.credits.filter(role="cast", person__name="Orson Welles").update(position=1)
    facts = facts_of(movie)
    assert [one.name for one in facts.cast] == ["Joseph Cotten", "Orson Welles"]
    assert facts.directors == facts.writers != []
    assert Person.objects.count() == 2


def test_facts_cost_one_query_however_many(
    client: Client, third_man: Movie, make_movie: Callable
) -> None:
    bare = make_movie("Bare")

    def queries(movie: Movie) -> int:
        with CaptureQueriesContext(connection) as asked:
            facts_of(movie)
        return len(asked)

    assert queries(bare) == queries(third_man) == 1


def test_other_sites_read_them(client: Client, third_man: Movie) -> None:
    content = page(client, third_man)
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', content, re.S)
    said: dict[str, Any] = json.loads(text)
    assert said["duration"] == "PT104M"
    assert [one["name"] for one in said["director"]] == ["Carol Reed"]
    assert said["actor"][0]["name"] == "Joseph Cotten"
    assert "https://www.wikidata.org/wiki/Q271830" in said["sameAs"]
    director = settings.SITE_URL + Person.objects.get(name="Carol Reed").get_absolute_url()
    assert f'<meta property="video:director" content="{director}">' in content
    assert '<meta property="video:duration" content="6240">' in content
