"""Tests of the movie endpoints, which everybody may read."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from movies import published_figures
from movies.models import Mark, Movie, Rating
from tests.api.conftest import API
from tests.api.problems import code, wrong

Make = Callable[..., Movie]
FIELDS = {
    *("id", "title", "original_title", "year", "genres", "runtime", "description"),
    *("movielens_id", "imdb_id", "tmdb_id", "url", "posters", "n_ratings", "average"),
    *("my_rating", "my_marks", "predicted"),
    *("countries", "languages", "directors", "wikidata_id"),
}
ALONE = {"alternative_titles", "credits", "description_source", "links", "where"}


def titles(client: Client, **query: Any) -> list[str]:
    response = client.get(f"{API}/movies/", query)
    assert response.status_code == 200, response.content
    return [movie["title"] for movie in response.json()["results"]]


def test_it_works(client: Client, make_movie: Make) -> None:
    movie = make_movie("Alien", 1979, genres="Horror|Sci-Fi", runtime=117, imdb_id="tt0078748")
    listed = client.get(f"{API}/movies/").json()
    assert (len(listed["results"]), listed["next"], listed["previous"]) == (1, None, None)
    shown = client.get(f"{API}/movies/{movie.pk}/").json()
    assert set(shown) == FIELDS | ALONE
    assert {name: shown[name] for name in FIELDS} == listed["results"][0]
    assert shown["url"] == f"http://testserver{movie.get_absolute_url()}"
    assert shown["genres"] == [
        {"slug": "horror", "name": "Horror"},
        {"slug": "sci-fi", "name": "Sci-Fi"},
    ]
    assert (shown["my_rating"], shown["predicted"], shown["average"]) == (None, None, None)


def test_my_rating_is_shown_to_me_only(
    alices_client: Client, bobs_client: Client, client: Client, alice: User, make_movie: Make
) -> None:
    movie = make_movie()
    Rating.objects.rate(alice, movie, 3.5)
    seen = [
        c.get(f"{API}/movies/{movie.pk}/").json()["my_rating"]
        for c in (alices_client, bobs_client, client)
    ]
    assert seen == [3.5, None, None]


def test_the_average_is_shown_from_five_ratings_on(
    client: Client, make_movie: Make, crowd: Callable
) -> None:
    movie = make_movie()
    crowd(movie, [5, 4, 4, 3.5])
    published_figures.publish_due()
    shown = client.get(f"{API}/movies/{movie.pk}/").json()
    assert (shown["n_ratings"], shown["average"]) == (0, None)
    crowd(movie, [5, 4, 4, 3.5, 1.5])
    published_figures.publish_due()
    shown = client.get(f"{API}/movies/{movie.pk}/").json()
    assert (shown["n_ratings"], shown["average"]) == (5, 3.6)


def test_filters_and_orders(
    alices_client: Client, alice: User, make_movie: Make, crowd: Callable
) -> None:
    alien = make_movie("Alien", 1979, genres="Horror")
    make_movie("Aliens", 1986, genres="Action")
    amelie = make_movie("Amélie", 2001, genres="Comedy")
    make_movie("The Old One", None)
    Rating.objects.rate(alice, alien, 4)
    crowd(amelie, [5, 5, 5, 5, 5])
    published_figures.publish_due()
    ask = alices_client
    assert titles(ask, genre="horror") == ["Alien"]
    assert titles(ask, genre="no-such") == []
    assert titles(ask, decade=1980) == ["Aliens"]
    assert titles(ask, year_from=1980, year_to=2001, order="title") == ["Aliens", "Amélie"]
    assert titles(ask, rated="true") == ["Alien"]
    assert "Alien" not in titles(ask, rated="false")
    assert titles(ask)[0] == "Amélie"
    assert titles(ask, order="most_rated")[0] == "Amélie"
    assert titles(ask, order="newest") == ["Amélie", "Aliens", "Alien", "The Old One"]
    assert titles(ask, order="title") == ["Alien", "Aliens", "Amélie", "The Old One"]


def test_search_ignores_accents_and_puts_the_best_match_first(
    client: Client, make_movie: Make
) -> None:
    make_movie("Amélie", 2001)
    make_movie("Alien", 1979)
    make_movie("Aliens", 1986)
    assert titles(client, q="amelie") == ["Amélie"]
    assert titles(client, q="alien")[0] == "Alien"
    assert titles(client, q="alien", order="newest")[0] == "Aliens"
    assert titles(client, q="%__") == []


def test_the_rated_filter_needs_a_user(client: Client, db: None) -> None:
    response = client.get(f"{API}/movies/", {"rated": "true"})
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("decade", "1985"),
        ("decade", "abc"),
        ("decade", "9" * 400),
        ("year_from", "-1"),
        ("year_to", "1e999"),
        ("year_to", "NaN"),
        ("rated", "maybe"),
        ("order", "password"),
        ("length", "endless"),
        ("mine", "yours"),
        ("q", "a\x00b"),
        ("q", "a" * 201),
        ("genre", "\x00"),
    ],
)
def test_an_invalid_filter_is_named(client: Client, db: None, field: str, value: str) -> None:
    response = client.get(f"{API}/movies/", {field: value})
    assert response.status_code == 400
    assert list(wrong(response)) == [field]


def test_length_and_mine_filters(alices_client: Client, alice: User, make_movie: Make) -> None:
    rated = make_movie("Short", runtime=80)
    wanted = make_movie("Long", runtime=130)
    make_movie("Unknown")
    Rating.objects.rate(alice, rated, 4)
    Mark.objects.add(alice, wanted, "watchlist")
    ask = alices_client
    assert titles(ask, length="short") == ["Short"]
    assert titles(ask, length="long") == ["Long"]
    assert titles(ask, length="epic") == []
    assert titles(ask, mine="rated") == ["Short"]
    assert sorted(titles(ask, mine="unrated")) == ["Long", "Unknown"]
    assert titles(ask, mine="watchlist") == ["Long"]


def facets(client: Client, **query: Any) -> dict[str, dict[str, int]]:
    response = client.get(f"{API}/movies/facets/", query)
    assert response.status_code == 200, response.content
    return {
        facet["key"]: {choice["value"]: choice["n"] for choice in facet["choices"]}
        for facet in response.json()["facets"]
    }


def test_facet_counts_agree_with_the_list(
    alices_client: Client, client: Client, alice: User, make_movie: Make
) -> None:
    for number in range(12):
        genres = ("Comedy", "Drama", "Comedy|Drama")[number % 3]
        movie = make_movie(f"Film {number}", 1975 + number, genres, runtime=60 + 10 * number)
        if number < 4:
            Rating.objects.rate(alice, movie, 4)
    assert "mine" not in facets(client)
    for asked in ({}, {"genre": "drama"}, {"q": "film", "mine": "unrated"}, {"decade": 1970}):
        found = facets(alices_client, **asked)
        assert found["mine"].keys() == {"unrated", "rated", "watchlist"}
        for key, choices in found.items():
            for value, n in choices.items():
                chosen = {**asked, key: value}
                assert len(titles(alices_client, **chosen)) == n, chosen


def test_facets_mark_chosen_values(client: Client, make_movie: Make) -> None:
    make_movie("Alien", 1979, "Horror")
    make_movie("Heat", 1995, "Crime")
    answer = client.get(f"{API}/movies/facets/", {"genre": "crime"}).json()
    assert answer["n"] == 1
    genres = next(facet for facet in answer["facets"] if facet["key"] == "genre")
    assert genres["choices"] == [
        {"value": "crime", "label": "Crime", "n": 1, "chosen": True},
        {"value": "horror", "label": "Horror", "n": 1, "chosen": False},
    ]


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("decade", "1985", 400),
        ("length", "endless", 400),
        ("q", "a\x00b", 400),
        ("mine", "rated", 401),
    ],
)
def test_facets_reject_what_the_list_rejects(
    client: Client, db: None, field: str, value: str, status: int
) -> None:
    response = client.get(f"{API}/movies/facets/", {field: value})
    assert response.status_code == status
    if status == 400:
        assert list(wrong(response)) == [field]


def test_an_unknown_genre_has_no_movies(client: Client, make_movie: Make) -> None:
    make_movie("Alien", 1979, "Horror")
    answer = client.get(f"{API}/movies/facets/", {"genre": "no-such"}).json()
    assert answer["n"] == 0


def test_the_mine_filter_needs_a_user(client: Client, db: None) -> None:
    assert client.get(f"{API}/movies/", {"mine": "watchlist"}).status_code == 401


@pytest.mark.parametrize("text", ["\ud800", "'; DROP TABLE movies_movie; --", "(" * 200, "\u202e"])
def test_odd_searches_find_nothing(client: Client, make_movie: Make, text: str) -> None:
    make_movie()
    assert titles(client, q=text.encode("utf-8", "surrogatepass")) == []


@pytest.mark.parametrize(
    "wanted", ["99999999999999999999", "9" * 18, "-1", "0", "abc", "1.5", "1%00"]
)
@pytest.mark.parametrize("under", ["", "rating/", "similar/", "marks/seen/"])
def test_an_unknown_id_is_not_found(
    alices_client: Client, make_movie: Make, wanted: str, under: str
) -> None:
    make_movie()
    response = alices_client.get(f"{API}/movies/{wanted}/{under}")
    assert response.status_code in ({404, 405} if "marks" in under else {404})
    assert code(response) in {"not_found", "method_not_allowed"}


def test_page_size_is_limited(client: Client, make_movie: Make) -> None:
    for number in range(105):
        make_movie(f"Movie {number}")
    assert len(client.get(f"{API}/movies/").json()["results"]) == 24
    assert len(client.get(f"{API}/movies/?page_size=100").json()["results"]) == 100
    for size in ("0", "-1", "101", "abc", "null", "1000000000", "9" * 5000, "٣"):
        assert wrong(client.get(f"{API}/movies/", {"page_size": size})) == {"page_size": "invalid"}
    assert wrong(client.get(f"{API}/movies/", {"page": 2})) == {"page": "unknown_parameter"}


def test_every_movie_is_on_exactly_one_page(client: Client, make_movie: Make) -> None:
    for _ in range(30):
        make_movie("Same", 2000)
    url, seen = f"{API}/movies/?page_size=7", []
    while url:
        page = client.get(url).json()
        seen += [movie["id"] for movie in page["results"]]
        url = page["next"]
    assert len(seen) == len(set(seen)) == 30


def test_queries_do_not_grow_with_movies(
    alices_client: Client, alice: User, make_movie: Make, queries: Callable
) -> None:
    Rating.objects.rate(alice, make_movie(genres="Horror|Drama"), 4)
    one = queries(alices_client, f"{API}/movies/?page_size=100")
    for number in range(60):
        movie = make_movie(f"Movie {number}", genres="Horror|Drama|Comedy")
        Rating.objects.rate(alice, movie, 3)
    assert queries(alices_client, f"{API}/movies/?page_size=100") == one
    assert one <= 7


def test_movies_are_read_only(staff_client: Client, make_movie: Make) -> None:
    movie = make_movie()
    for method in (staff_client.put, staff_client.patch, staff_client.delete, staff_client.post):
        for url in (f"{API}/movies/{movie.pk}/", f"{API}/movies/"):
            assert method(url, {}, content_type="application/json").status_code == 405
