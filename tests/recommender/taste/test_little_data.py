"""The taste page with few ratings, few movies, or no model."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Movie, Rating
from recommender.models import TasteMap, TrainingRun
from recommender.taste.report import taste_report
from recommender.training import refit
from tests.recommender.taste.conftest import API, STATISTICS, page_of


def test_nobody_rated_anything(alices_client: Client, make_movie: Callable) -> None:
    content = page_of(alices_client)
    assert "You haven’t rated anything yet" in content
    assert "appears after the next refit" in content
    assert alices_client.get(API).json()["axes"] == []


def test_without_own_ratings_there_is_the_map_and_the_way_to_rate(
    fitted: TrainingRun, bobs_client: Client
) -> None:
    content = page_of(bobs_client)
    assert "The map of movies" in content
    assert 'id="map-you"' not in content
    assert "Rate your first movies" in content
    assert bobs_client.get(API).json()["axes"][0]["standing"] is None


@pytest.mark.parametrize("n", [1, 2])
def test_one_or_two_ratings_give_a_place_with_a_wide_interval(
    n: int, fitted: TrainingRun, bob: User, bobs_client: Client, two_tastes: list[Movie]
) -> None:
    for movie in two_tastes[:n]:
        Rating.objects.rate(bob, movie, 4)
    content = page_of(bobs_client)
    assert 'id="map-you"' in content
    assert "You haven’t rated three movies of any genre" in page_of(bobs_client, STATISTICS)
    answer = bobs_client.get(API).json()
    assert answer["figures"]["generosity"] is None
    assert answer["axes"][0]["standing"]["uncertainty"] > 0.1


def test_the_uncertainty_shrinks_with_ratings(
    fitted: TrainingRun, bob: User, two_tastes: list[Movie]
) -> None:
    left_open = []
    for movie in two_tastes[:20]:
        Rating.objects.rate(bob, movie, 4)
        left_open.append(taste_report(bob).standing[0].uncertainty)
    assert left_open[0] > left_open[5] > left_open[19] > 0


def test_without_a_run_own_figures_stand_alone(even_fan: User, alices_client: Client) -> None:
    assert "appears after the next refit" in page_of(alices_client)
    assert "How you rate" in page_of(alices_client, STATISTICS)
    figures = alices_client.get(API).json()["figures"]
    assert figures["n"] == 7
    assert figures["everyones_mean"] is None


def test_a_run_stored_without_a_map_announces_it(
    fitted: TrainingRun, even_fan: User, alices_client: Client
) -> None:
    TasteMap.objects.all().delete()
    assert "appears after the next refit" in page_of(alices_client)


def test_a_site_with_few_movies_has_no_map(
    alice: User, alices_client: Client, make_movie: Callable, make_rating: Callable
) -> None:
    for number in range(12):
        make_rating(alice, make_movie(f"Movie {number}"), 0.5 + number % 10 / 2)
    run = refit.refit(seed=1, force=True)
    assert run.is_active
    assert "needs more rated movies" in page_of(alices_client)


def test_movies_deleted_since_the_run_are_gone_from_the_map(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    for movie in two_tastes[10:]:
        movie.delete()
    content = page_of(alices_client)
    assert content.count("<circle id=") == 10
    assert "Movie 12" not in content
