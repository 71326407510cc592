"""Rows that are made once and inserted again are those that were made."""

from typing import Any

import numpy as np
from django.db import connection

from accounts.models import User
from movies.models import Movie, Rating
from recommender import store
from recommender.models import TrainingRun
from recommender.training import refit
from tests.recommender.conftest import fitted, two_tastes

__all__ = ["fitted", "two_tastes"]


def test_it_works(fitted: TrainingRun, two_tastes: list[Movie]) -> None:
    """The run is the one that a refit of the inserted ratings leads to.

    PostgreSQL reads rows in the order in which they lie on disk, which vacuuming may change between
    two fits, and a fit in another order has other factors.
    """
    assert [movie.title for movie in two_tastes] == [f"Movie {number}" for number in range(40)]
    again = refit.refit(seed=7)
    assert again.data == fitted.data
    assert again.rating_changes == fitted.rating_changes
    first, second = (store.load_items(run) for run in (fitted, again))
    assert np.array_equal(first.item_ids, second.item_ids)
    assert np.array_equal(first.n_ratings, second.n_ratings)
    if connection.vendor != "sqlite":
        return
    assert again.metrics == fitted.metrics | {"n_compared": 0}, (
        "no rating is newer than the live run"
    )
    for name in ("bias", "vectors", "implicit", "interest", "variance"):
        assert np.array_equal(getattr(first, name), getattr(second, name)), name


def test_counts_are_those_of_the_ratings(two_tastes: list[Movie]) -> None:
    for movie in two_tastes:
        given = Rating.objects.filter(movie=movie).values_list("half_stars", flat=True)
        assert (movie.n_ratings, movie.half_star_sum) == (len(given), sum(given))


def test_other_rows_get_other_ids(alice: User, two_tastes: list[Movie], make_movie: Any) -> None:
    assert alice.pk not in User.objects.exclude(pk=alice.pk).values_list("pk", flat=True)
    assert make_movie().pk > max(movie.pk for movie in two_tastes)
    assert (
        Rating.objects.rate(alice, two_tastes[0], 4).pk
        > Rating.objects.exclude(user=alice).latest("pk").pk
    )


def test_a_rating_of_the_test_is_learned_from(
    alice: User, request: Any, two_tastes: list[Movie]
) -> None:
    Rating.objects.rate(alice, two_tastes[0], 4)
    run = request.getfixturevalue("fitted")
    assert run.data["ratings"] == Rating.objects.count()
