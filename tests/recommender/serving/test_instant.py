"""What somebody says counts on their very next page and answer, and costs no more as it grows."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from movies.models import Genre, Mark, Movie, Rating
from movies.rating import undo
from recommender.models import TrainingRun
from recommender.serving.cards import Prediction
from recommender.training import refit

RECOMMENDATIONS = "/api/v1/recommendations/"


def page(client: Client) -> list[tuple[int, Prediction]]:
    """The movies of the home page in order, each with its prediction as shown."""
    shown = client.get("/").context
    return [(card.movie.pk, card.prediction) for card in shown["cards"]]


def answer(client: Client) -> list[tuple[int, float, float]]:
    items = client.get(RECOMMENDATIONS, {"n": 40}).json()["results"]
    return [
        (item["movie"]["id"], item["score"], item["movie"]["predicted"]["stars"]) for item in items
    ]


def listed(client: Client) -> list[int]:
    return [movie_id for movie_id, *_ in answer(client)]


def rate(client: Client, movie: Movie, stars: str) -> None:
    data = {"stars": stars} if stars else {"remove": "1"}
    assert client.post(f"/movies/{movie.pk}/rate/", data).status_code == 302


def test_the_first_rating_makes_the_next_page_personal(
    fitted: TrainingRun, alices_client: Client, two_tastes: list[Movie]
) -> None:
    assert alices_client.get(RECOMMENDATIONS).json()["source"] == "popular"
    rate(alices_client, two_tastes[0], "5")
    assert alices_client.get(RECOMMENDATIONS).json()["source"] == "personal"
    assert alices_client.get("/").templates[0].name == "recommender/home/picks.html"


def test_rating_changing_removing_and_undoing(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    before = page(alices_client), answer(alices_client)
    movie = Movie.objects.get(pk=listed(alices_client)[0])

    rate(alices_client, movie, "1")
    given = answer(alices_client)
    assert movie.pk not in listed(alices_client)
    rate(alices_client, movie, "5")
    assert answer(alices_client) != given
    rate(alices_client, movie, "")
    assert (page(alices_client), answer(alices_client)) == before

    old = Rating.objects.of(even_fan).get(movie=two_tastes[0])
    rate(alices_client, two_tastes[0], "")
    assert answer(alices_client) != before[1]
    undone = alices_client.post(
        "/me/ratings/undo/", {"sealed": undo.seal(old.user, old.movie, old, None, old.updated_at)}
    )
    assert undone.status_code == 302
    assert (page(alices_client), answer(alices_client)) == before, "to the last digit"


def test_many_ratings_at_once_as_an_import_brings_them(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    before = answer(alices_client)
    brought = [Rating(user=even_fan, movie=movie, half_stars=2) for movie in two_tastes[10:20]]
    Rating.objects.bulk_create(brought)
    assert not set(listed(alices_client)) & {movie.pk for movie in two_tastes[10:20]}
    Rating.objects.of(even_fan).filter(movie__in=two_tastes[10:20]).delete()
    assert answer(alices_client) == before


@pytest.fixture
def queries(alices_client: Client) -> Callable[[str], int]:
    def count(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert alices_client.get(url).status_code == 200
        return len(captured.captured_queries)

    return count


@pytest.mark.parametrize(("url", "most"), [("/", 8), (RECOMMENDATIONS, 4)])
def test_queries_grow_neither_with_the_catalogue_nor_with_history(
    url: str,
    most: int,
    fitted: TrainingRun,
    even_fan: User,
    two_tastes: list[Movie],
    make_movie: Callable[..., Movie],
    make_user: Callable[..., User],
    queries: Callable[[str], int],
    django_assert_num_queries: Any,
) -> None:
    queries(url)  # the arrays are loaded once per process
    small = queries(url)
    genres = [Genre.objects.create(name=f"G{n}", slug=f"g{n}") for n in range(8)]
    other = make_user("busy")
    for number in range(60):
        movie = make_movie(f"More {number}", 1990)
        movie.genres.set(genres[number % 8 :])
        Rating.objects.rate(other, movie, 4)
    for movie in two_tastes[9:20]:
        Rating.objects.rate(even_fan, movie, 3)
    for movie in two_tastes[20:24]:
        Mark.objects.add(even_fan, movie, Mark.Kind.SEEN)
    refit.refit(seed=9)
    queries(url)
    assert queries(url) == small
    assert small <= most
