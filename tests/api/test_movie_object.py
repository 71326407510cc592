"""The movie of the API is the same object wherever an answer has a movie."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from movies.lists import entries, lifecycle
from movies.models import Mark, Movie, PersonalImport, Rating, Viewing
from movies.models.marks import Mark as MarkModel
from recommender.groups import membership
from recommender.models import TrainingRun
from recommender.onboarding import answers
from tests.api.conftest import API

FIELDS = {
    *("id", "title", "original_title", "year", "url", "genres", "runtime", "languages"),
    *("countries", "directors", "description", "movielens_id", "imdb_id", "tmdb_id"),
    *("wikidata_id", "posters", "n_ratings", "average", "my_rating", "my_marks", "predicted"),
}


def movies_in(data: Any) -> Iterator[dict[str, Any]]:
    """Every object in it that has a title: a movie, or something less."""
    if isinstance(data, list):
        for one in data:
            yield from movies_in(one)
    elif isinstance(data, dict):
        if "title" in data and "kind" not in data:
            yield data
        for one in data.values():
            yield from movies_in(one)


@pytest.fixture
def places(
    fitted: TrainingRun, even_fan: User, bob: User, two_tastes: list[Movie], alices_client: Client
) -> dict[str, str]:
    """Addresses of answers with movies, for alice, who has done everything with some movie."""
    movie = two_tastes[0]
    Rating.objects.rate(even_fan, two_tastes[2], 1)
    for one in two_tastes[10:14]:
        Mark.objects.add(even_fan, one, Mark.Kind.WATCHLIST)
    Viewing.objects.log(even_fan, movie)
    answers.add_favourite(even_fan, two_tastes[20])
    shelf = lifecycle.create(even_fan, "Rainy Sundays")
    entries.add(shelf, movie)
    group = membership.create(even_fan, "Friday")
    membership.join(group, bob)
    one = f"movies/{two_tastes[30].pk}"
    year = Viewing.objects.get().created_at.year
    return {
        "movies": "movies/",
        "movies by id": f"movies/?ids={movie.pk},{two_tastes[1].pk}",
        "movies for you": "movies/?order=for_you",
        "movie": f"movies/{movie.pk}/",
        "similar": f"{one}/similar/",
        "explanation": f"{one}/explanation/",
        "what-if": f"{one}/what-if/?stars=1",
        "rating": f"movies/{movie.pk}/rating/",
        "ratings": "ratings/",
        "surprises": "ratings/?order=surprise",
        "history": "ratings/history/",
        "marks": "marks/",
        "marks of a movie": f"movies/{two_tastes[10].pk}/marks/",
        "mark": f"movies/{two_tastes[10].pk}/marks/watchlist/",
        "viewings": "viewings/",
        "viewing": f"viewings/{Viewing.objects.get().pk}/",
        "list": f"lists/{shelf.pk}/movies/",
        "recommendations": "recommendations/?reasons=true",
        "shelves": "shelves/",
        "start": "start/",
        "questions": "start/questions/?n=3",
        "taste": "me/taste/",
        "year": f"me/years/{year}/",
        "group": f"groups/{group.pk}/recommendations/",
    }


def test_it_is_the_same_everywhere(
    places: dict[str, str], alices_client: Client, two_tastes: list[Movie]
) -> None:
    ids = ",".join(str(movie.pk) for movie in two_tastes)
    listed = alices_client.get(f"{API}/movies/", {"ids": ids}).json()["results"]
    expected = {movie["id"]: movie for movie in listed}
    assert len(expected) == len(two_tastes)
    for name, path in places.items():
        answer = alices_client.get(f"{API}/{path}")
        assert answer.status_code == 200, (name, answer.content)
        found = list(movies_in(answer.json()))
        assert found or name == "history", name
        for movie in found:
            told = {field: movie[field] for field in FIELDS}
            if name in ("questions", "what-if"):  # without stars, and with others
                told["predicted"] = expected[movie["id"]]["predicted"]
            assert told == expected[movie["id"]], name
            assert movie.keys() == FIELDS or name == "movie"


def test_what_it_says_of_me(
    places: dict[str, str], alices_client: Client, client: Client, two_tastes: list[Movie]
) -> None:
    mine = alices_client.get(f"{API}/movies/{two_tastes[10].pk}/").json()
    assert mine["my_marks"] == [MarkModel.Kind.WATCHLIST]
    predicted = mine["predicted"]
    assert 0.5 <= predicted["low"] <= predicted["stars"] <= predicted["high"] <= 5
    rated = alices_client.get(f"{API}/movies/{two_tastes[2].pk}/").json()
    assert (rated["my_rating"], rated["my_marks"]) == (1, [])
    anybody = client.get(f"{API}/movies/{two_tastes[10].pk}/").json()
    assert (anybody["my_rating"], anybody["my_marks"], anybody["predicted"]) == (None, [], None)


def test_absent_values_are_null(client: Client, make_movie: Callable[..., Movie]) -> None:
    shown = client.get(f"{API}/movies/{make_movie('Bare', None).pk}/").json()
    absent = ("original_title", "year", "runtime", "description", "imdb_id", "wikidata_id")
    assert [shown[name] for name in absent] == [None] * len(absent)
    assert '""' not in json.dumps(shown)


def test_genres_are_named_in_my_language(client: Client, make_movie: Callable[..., Movie]) -> None:
    movie = make_movie("Alien", genres="Horror|Drama")
    german = {"accept-language": "de"}
    shown = client.get(f"{API}/movies/{movie.pk}/", headers=german).json()
    assert {"slug": "drama", "name": "Drama"} in shown["genres"]
    answer = client.get(f"{API}/genres/", headers=german).json()
    assert (answer["count"], answer["next"]) == (2, None)
    assert [genre["slug"] for genre in answer["results"]] == ["drama", "horror"]
    assert all(genre["n_movies"] == 1 for genre in answer["results"])
    Movie.objects.filter(pk=movie.pk).retire()
    empty = client.get(f"{API}/genres/").json()["results"]
    assert [genre["n_movies"] for genre in empty] == [0, 0]


def test_candidates_of_an_import_are_movies(
    alices_client: Client, alice: User, make_movie: Callable[..., Movie]
) -> None:
    heat = [make_movie("Heat", 1995), make_movie("Heat", 1995)]
    made = PersonalImport.objects.create(user=alice, source="imdb", state="ready")
    for line in range(3):
        made.rows.create(
            kind="rating",
            line=line,
            title="Heat",
            match="ambiguous",
            movie=heat[0] if line else None,
            details={"candidates": [movie.pk for movie in heat]},
        )
    rows = alices_client.get(f"{API}/imports/{made.pk}/rows/").json()["results"]
    assert [len(row["candidates"]) for row in rows] == [2, 2, 2]
    assert [row["movie"] and row["movie"]["id"] for row in rows] == [None, heat[0].pk, heat[0].pk]
    assert all(movie.keys() == FIELDS for movie in movies_in([row["candidates"] for row in rows]))
