"""Facets: what each further choice would leave, and that it is what one then gets."""

import re
from collections.abc import Callable
from urllib.parse import parse_qsl

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie, Rating

FACET = re.compile(r'<li><a href="\?([^"]*)"[^>]*>([^<]+?)\s*<span\s+class="count">([\d,]+)</span>')
N = re.compile(r'role="status">\s*([\d,]+) movies?')


@pytest.fixture
def films(make_movie: Callable[..., Movie]) -> list[Movie]:
    genres = ("Comedy", "Drama", "Comedy|Drama", "")
    lengths = (80, 100, 130, 170, None)
    return [
        make_movie(f"Film {n}", 1970 + n, genres[n % 4], runtime=lengths[n % 5]) for n in range(40)
    ]


def facets(client: Client, query: str = "") -> dict[str, tuple[str, int]]:
    page = client.get(f"/movies/?{query}").content.decode()
    return {label: (q.replace("&amp;", "&"), int(n)) for q, label, n in FACET.findall(page)}


def count(client: Client, query: str) -> int:
    return int(N.search(client.get(f"/movies/?{query}").content.decode())[1].replace(",", ""))


def test_it_works(client: Client, films: list[Movie]) -> None:
    found = facets(client)
    assert found["Comedy"] == ("genre=comedy", 20)
    assert found["1990s"][1] == 10
    assert found["Under 90 minutes"][1] == 8
    assert "Not rated" not in found, "a visitor has rated nothing"


@pytest.mark.parametrize(
    "query",
    ["", "genre=drama", "decade=1980", "length=short", "q=film+1", "genre=comedy&decade=1970"],
)
def test_every_count_is_what_the_choice_leads_to(
    client: Client, films: list[Movie], query: str
) -> None:
    found = facets(client, query)
    assert found
    for label, (asked, n) in found.items():
        chosen = dict(parse_qsl(asked)).items() <= dict(parse_qsl(query)).items()
        if not chosen:
            assert count(client, asked) == n, label


def test_a_choice_is_taken_back(client: Client, films: list[Movie]) -> None:
    page = client.get("/movies/?genre=comedy&decade=1970").content.decode()
    chips = re.findall(r'<a class="chip[^"]*" href="\?([^"]*)"', page)
    assert sorted(chips) == ["", "decade=1970", "genre=comedy"]


def test_mine_is_each_persons_own(
    alices_client: Client, bobs_client: Client, alice: User, films: list[Movie]
) -> None:
    for movie in films[:6]:
        Rating.objects.rate(alice, movie, 4)
    Mark.objects.add(alice, films[9], Mark.Kind.WATCHLIST)
    found = facets(alices_client)
    assert (found["Rated"][1], found["Not rated"][1], found["On my watchlist"][1]) == (6, 34, 1)
    for label in ("Rated", "Not rated", "On my watchlist"):
        assert count(alices_client, found[label][0]) == found[label][1]
    assert facets(bobs_client)["Rated"][1] == 0


def test_a_visitor_asking_for_theirs_gets_everything(client: Client, films: list[Movie]) -> None:
    assert count(client, "mine=rated") == 40


@pytest.mark.parametrize("query", ["length=x", "mine=%00", "length=", "decade=1975"])
def test_nonsense_means_nothing(alices_client: Client, films: list[Movie], query: str) -> None:
    assert count(alices_client, query) == 40


def test_they_follow_the_catalogue(client: Client, films: list[Movie]) -> None:
    assert facets(client)["Comedy"][1] == 20
    films[0].delete()
    assert facets(client)["Comedy"][1] == 19


def test_the_next_pages_come_by_themselves_and_then_by_a_button(
    client: Client, make_movie: Callable[..., Movie]
) -> None:
    Movie.objects.bulk_create(
        Movie(title=f"Film {n}", title_key=f"film {n}", year=1950) for n in range(150)
    )
    assert 'hx-trigger="revealed"' not in client.get("/movies/").content.decode()
    client.post("/movies/view/", {"size": "endless"})
    first, fourth = (client.get(f"/movies/?page={n}").content.decode() for n in (1, 4))
    assert 'hx-trigger="revealed"' in first
    assert 'rel="next" href="?page=2"' in first
    assert 'hx-trigger="revealed"' not in fourth
    assert 'rel="next" href="?page=5"' in fourth


@pytest.mark.django_db
def test_a_visitors_choice_of_their_own_movies_is_none(client: Client) -> None:
    shown = client.get("/movies/?mine=rated")
    assert not shown.context["asked"].is_filtered
    assert 'class="chip' not in shown.content.decode()


@pytest.fixture
def films_of_countries(make_movie: Callable[..., Movie]) -> list[Movie]:
    made = [("US", "en"), ("US GB", "en"), ("FR", "fr en"), ("GB", ""), ("", "de")]
    return [
        make_movie(f"Film {n}", 1970 + n, countries=made[n % 5][0], languages=made[n % 5][1])
        for n in range(20)
    ]


def test_countries_and_languages(client: Client, films_of_countries: list[Movie]) -> None:
    found = facets(client)
    assert found["United States"] == ("country=US", 8)
    assert found["United Kingdom"] == ("country=GB", 8)
    assert found["English"] == ("language=en", 12)
    assert count(client, "country=US") == 8
    assert count(client, "country=us&language=EN") == 8
    assert count(client, "country=GB&language=en&decade=1980") == 2
    assert facets(client, "country=FR")["English"] == ("country=FR&language=en", 4)
    assert count(client, "country=U") == count(client, "language=x%00") == 20


@pytest.mark.parametrize(
    "query", ["", "country=GB", "language=fr", "q=film+1", "country=GB&language=en"]
)
def test_every_count_of_a_code_is_what_it_leads_to(
    client: Client, films_of_countries: list[Movie], query: str
) -> None:
    for label, (asked, n) in facets(client, query).items():
        if len(dict(parse_qsl(asked))) > len(dict(parse_qsl(query))):
            assert count(client, asked) == n, label


def test_long_facets_are_folded_away(client: Client, make_movie: Callable[..., Movie]) -> None:
    codes = ["AR", "AT", "AU", "BE", "BR", "CA", "CH", "CL", "CN", "CZ", "DE", "DK", "EG", "ES"]
    codes += ["FI", "FR", "GB", "GR", "HK", "HU", "IE", "IL", "IN", "IR", "IS", "IT"]
    for code in codes:
        make_movie(code, countries=code)
    make_movie("Both", countries="IT IS")
    page = client.get("/movies/").content.decode()
    in_sight, _, others = page.partition('<details class="facet-more">')
    assert len(re.findall("country=", in_sight)) == 12
    assert len(re.findall("country=", others)) == len(codes) - 12
    assert "country=IT" in in_sight, "most movies first"
    chosen = client.get("/movies/?country=GB").content.decode()
    assert re.search(r'aria-current="true">\s*United Kingdom', chosen)
