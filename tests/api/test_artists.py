"""Tests of people and facts: on movies, as filters, and under /artists/."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from movies.models import AlternativeTitle, Credit, Movie, Person, Rating
from tests.api.conftest import API
from tests.api.problems import wrong

Make = Callable[..., Movie]


@pytest.fixture
def alien(make_movie: Make) -> Movie:
    movie = make_movie(
        "Alien",
        1979,
        genres="Horror",
        runtime=117,
        countries="GB US",
        languages="en",
        description="A crew wakes up.",
        imdb_id="tt0078748",
        tmdb_id=348,
        wikidata_id="Q103569",
        fact_sources={"description": {"source": "wikidata", "at": "2026-11-30"}},
    )
    AlternativeTitle.objects.create(movie=movie, title="Das unheimliche Wesen")
    return movie


@pytest.fixture
def scott(alien: Movie, make_movie: Make) -> Person:
    scott = Person.objects.create(name="Ridley Scott", imdb_id="nm0000631")
    weaver = Person.objects.create(name="Sigourney Weaver")
    blade_runner = make_movie("Blade Runner", 1982, runtime=117, countries="US HK")
    for movie in (alien, blade_runner):
        Credit.objects.create(movie=movie, person=scott, role="director")
    Credit.objects.create(movie=alien, person=scott, role="cast", character="Voice", position=3)
    Credit.objects.create(movie=alien, person=weaver, role="cast", character="Ripley", position=0)
    make_movie("Heat", 1995, runtime=170, countries="US")
    return scott


def get(client: Client, path: str, **query: Any) -> Any:
    answer = client.get(f"{API}/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def titles(client: Client, **query: Any) -> list[str]:
    return [movie["title"] for movie in get(client, "movies/", order="title", **query)["results"]]


def test_a_movie_has_its_facts(client: Client, alien: Movie, scott: Person) -> None:
    weaver = Person.objects.get(name="Sigourney Weaver")
    shown = get(client, f"movies/{alien.pk}/")
    assert (shown["countries"], shown["languages"]) == (["GB", "US"], ["en"])
    assert shown["directors"] == [{"id": scott.pk, "name": "Ridley Scott"}]
    assert shown["alternative_titles"] == ["Das unheimliche Wesen"]
    assert shown["description_source"] == {
        "name": "Wikidata",
        "licence": "CC0-1.0",
        "url": "https://www.wikidata.org/",
    }
    assert [link["name"] for link in shown["links"]] == ["IMDb", "TMDB", "Wikidata"]
    assert [tuple(credit.values()) for credit in shown["credits"]] == [
        (scott.pk, "Ridley Scott", "director", None, 0),
        (weaver.pk, "Sigourney Weaver", "cast", "Ripley", 0),
        (scott.pk, "Ridley Scott", "cast", "Voice", 3),
    ]


def test_lists_carry_directors_alone(client: Client, alien: Movie, scott: Person) -> None:
    by_title = {movie["title"]: movie for movie in get(client, "movies/")["results"]}
    assert by_title["Alien"]["directors"] == [{"id": scott.pk, "name": "Ridley Scott"}]
    assert by_title["Heat"]["directors"] == []
    assert "credits" not in by_title["Alien"]


def test_filters(client: Client, scott: Person) -> None:
    assert titles(client, person=scott.pk) == ["Alien", "Blade Runner"]
    assert titles(client, country="us") == ["Alien", "Blade Runner", "Heat"]
    assert titles(client, country="GB", language="EN", person=scott.pk) == ["Alien"]
    assert titles(client, runtime_from=118) == ["Heat"]
    assert titles(client, runtime_to=117) == ["Alien", "Blade Runner"]
    assert titles(client, person=999) == titles(client, country="ZZ") == []
    found = get(client, "movies/", q="ridley scott")["results"]
    assert [movie["title"] for movie in found] == ["Alien", "Blade Runner"]


@pytest.mark.parametrize(
    "query",
    [
        *("person=0", "person=x", "person=9999999999999999999999", "country=USAA", "country=1"),
        *("language=%00", "runtime_from=-1", "runtime_to=99999999999", "runtime_to=long"),
    ],
)
def test_wrong_filters_are_refused(client: Client, db: None, query: str) -> None:
    answer = client.get(f"{API}/movies/?{query}")
    assert answer.status_code == 400
    assert list(wrong(answer)) == [query.split("=")[0]]


def test_facets_of_countries_and_languages(client: Client, scott: Person) -> None:
    answer = get(client, "movies/facets/", country="gb")
    counts = {facet["key"]: facet["choices"] for facet in answer["facets"]}
    assert answer["n"] == 1
    assert [(each["value"], each["n"], each["chosen"]) for each in counts["country"]] == [
        ("US", 3, False),
        ("HK", 1, False),
        ("GB", 1, True),
    ]


def test_people_are_found(client: Client, scott: Person) -> None:
    everybody = get(client, "artists/")
    assert len(everybody["results"]) == 2
    found = get(client, "artists/", q="scot")["results"]
    assert [(each["name"], each["n_movies"]) for each in found] == [("Ridley Scott", 2)]
    assert get(client, "artists/", q="zzz")["results"] == []
    assert client.get(f"{API}/artists/", {"q": "x" * 500}).status_code == 400


def test_one_person(client: Client, scott: Person) -> None:
    shown = get(client, f"artists/{scott.pk}/")
    assert (shown["name"], shown["n_movies"], shown["imdb_id"]) == ("Ridley Scott", 2, "nm0000631")
    assert shown["links"] == [{"name": "IMDb", "url": "https://www.imdb.com/name/nm0000631/"}]
    for unknown in (scott.pk + 999, 10**17, 10**18):
        assert client.get(f"{API}/artists/{unknown}/").status_code == 404


def test_the_movies_of_a_person(alices_client: Client, alice: User, scott: Person) -> None:
    Rating.objects.rate(alice, Movie.objects.get(title="Alien"), 4.5)
    page = get(alices_client, f"artists/{scott.pk}/movies/", page_size=1)
    assert page["results"][0]["movie"]["title"] == "Blade Runner"
    (item,) = alices_client.get(page["next"]).json()["results"]
    assert item["movie"]["my_rating"] == 4.5
    assert item["roles"] == [
        {"role": "cast", "character": "Voice"},
        {"role": "director", "character": None},
    ]
    assert alices_client.get(f"{API}/artists/99999/movies/").status_code == 404


@pytest.mark.parametrize("path", ["movies/", "artists/", "artists/{scott}/movies/"])
def test_queries_do_not_grow_with_rows(
    alices_client: Client,
    scott: Person,
    make_movie: Make,
    path: str,
    django_assert_max_num_queries: Callable,
) -> None:
    url = path.format(scott=scott.pk)
    get(alices_client, url)
    with django_assert_max_num_queries(9) as few:
        get(alices_client, url, page_size=1)
    for number in range(12):
        movie = make_movie(f"Film {number}")
        other = Person.objects.create(name=f"Person {number}")
        for person in (scott, other):
            Credit.objects.create(movie=movie, person=person, role="director")
    get(alices_client, url)
    with django_assert_max_num_queries(9) as many:
        assert len(get(alices_client, url)["results"]) > 10
    assert len(many) == len(few)
