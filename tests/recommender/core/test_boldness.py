"""From well known to off the beaten track: mean popularity falls along the five stops."""

import dataclasses
import itertools

import numpy as np
import pytest

from recommender.core import Factors, fold_in, score_items, top_n
from recommender.core.boldness import (
    BOLDNESS_STOPS,
    MOST_RATED,
    lift_of,
    most_rated,
    with_boldness,
)
from tests.recommender.core.conftest import random_items


def mean_popularity(factors: Factors, counts: np.ndarray, n: int = 10) -> list[float]:
    """Mean number of ratings of everybody's first n, at each stop."""
    items = factors.items
    means = []
    for boldness in BOLDNESS_STOPS:
        listed = [
            top_n(
                score_items(items, factors.user_vector(row), boldness),
                n,
                exclude=factors.rated_by(user_id),
            )
            for row, user_id in enumerate(factors.user_ids.tolist())
        ]
        means.append(float(counts[np.concatenate(listed)].mean()))
    return means


@pytest.mark.slow
def test_it_works_on_real_ratings(ml_100k: Factors) -> None:
    counts = ml_100k.items.n_ratings
    means = mean_popularity(ml_100k, counts)
    assert all(more > less for more, less in itertools.pairwise(means)), means
    assert means[-1] < 0.75 * means[0], means


@pytest.mark.slow
def test_it_holds_for_one_person_after_another(ml_100k: Factors) -> None:
    """Each person's own longer list gets less known from one end to the other."""
    counts = ml_100k.items.n_ratings.astype(np.float64)
    falling = []
    for row in range(0, ml_100k.user_ids.size, 5):
        user, rated = ml_100k.user_vector(row), ml_100k.rated_by(int(ml_100k.user_ids[row]))
        first, last = (
            counts[top_n(score_items(ml_100k.items, user, v), 50, exclude=rated)].mean()
            for v in (BOLDNESS_STOPS[0], BOLDNESS_STOPS[-1])
        )
        falling.append(last < first)
    assert np.mean(falling) > 0.97


@pytest.mark.slow
def test_the_last_stop_is_off_the_beaten_track(ml_100k: Factors) -> None:
    """Half of a member's twelve picks are beyond the 500th place; few are in the plain list."""
    items = ml_100k.items
    place = np.empty(items.n_items, np.int64)
    place[np.argsort(-items.n_ratings, kind="stable")] = 1 + np.arange(items.n_items)
    medians, shared = [], []
    for row, user_id in enumerate(ml_100k.user_ids.tolist()):
        user, rated = ml_100k.user_vector(row), ml_100k.rated_by(user_id)
        bold, plain = (
            top_n(score_items(items, user, boldness), 12, exclude=rated)
            for boldness in (BOLDNESS_STOPS[-1], 0.0)
        )
        medians.append(np.median(place[bold]))
        shared.append(np.isin(bold, plain).sum())
    assert np.median(medians) > 500
    assert np.mean(shared) <= 3


def test_the_most_rated_are_a_hundred_or_a_tenth_of_a_small_catalogue(fitted: Factors) -> None:
    large = random_items(5000, 4, 4)
    best_known = most_rated(large)
    assert best_known.size == MOST_RATED
    others = np.delete(large.n_ratings, best_known)
    assert large.n_ratings[best_known].min() >= others.max()
    assert most_rated(fitted.items).size == 5, "of fifty"


def test_the_middle_stop_is_the_plain_list(fitted: Factors) -> None:
    user = fold_in(fitted.items, [0, 1], [5.0, 1.0])
    assert BOLDNESS_STOPS[2] == 0
    dot, belief = fitted.items.ranking @ fold_ranking(fitted, user), fitted.items.confidence
    plain = belief * dot + belief - 1
    np.testing.assert_allclose(score_items(fitted.items, user, 0.0), plain, rtol=1e-6, atol=1e-6)


def fold_ranking(fitted: Factors, user: object) -> np.ndarray:
    from recommender.core.ranking import user_ranking

    return user_ranking(fitted.items, user)


@pytest.mark.parametrize("boldness", BOLDNESS_STOPS)
def test_what_hardly_anybody_rated_is_never_lifted(fitted: Factors, boldness: float) -> None:
    counts = fitted.items.n_ratings.copy()
    counts[:10] = 2
    items = dataclasses.replace(fitted.items, n_ratings=counts)
    lift = lift_of(items, boldness)
    assert lift[:10].max() <= lift[10:].min()
    assert np.isfinite(lift).all()


def test_a_lifted_item_never_falls_whatever_the_sign_of_its_score(fitted: Factors) -> None:
    scores = np.linspace(-2, 2, fitted.items.n_items).astype(np.float32)
    for boldness in BOLDNESS_STOPS:
        moved = with_boldness(fitted.items, scores, boldness)
        lift = lift_of(fitted.items, boldness)
        assert (moved[lift > 1] >= scores[lift > 1]).all()
        assert (moved[lift < 1] <= scores[lift < 1]).all()


def test_a_stop_is_worked_out_once_for_a_model(fitted: Factors) -> None:
    assert lift_of(fitted.items, 0.45) is lift_of(fitted.items, 0.45)
