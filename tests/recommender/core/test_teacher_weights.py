"""The weight of a teacher's ratings, and what weights do to a fit."""

import itertools

import numpy as np
import pytest

from recommender.core import Ratings, fit
from recommender.core.teacher_weights import teacher_weight, weigh_teacher
from tests.recommender.core.conftest import SMALL, make_ratings

N_TEACHERS, N_OWN, N_ITEMS = 60, 60, 40


@pytest.fixture(scope="module")
def quarrel() -> tuple[Ratings, np.ndarray]:
    """The teacher loves the even items and hates the odd ones; the site's people the reverse."""
    rng = np.random.default_rng(3)
    users, items = np.nonzero(rng.random((N_TEACHERS + N_OWN, N_ITEMS)) < 0.5)
    loved = (items % 2 == 0) == (users < N_TEACHERS)
    stars = np.where(loved, 4.5, 2.0) + rng.choice([-0.5, 0.0, 0.5], users.size)
    ratings = Ratings.from_triples(users, items, stars, times=rng.permutation(users.size) * 60.0)
    return ratings, ratings.user_ids < N_TEACHERS


def test_it_works(quarrel: tuple[Ratings, np.ndarray]) -> None:
    """Equals cancel out; of a teacher that weighs little, the site's own taste remains."""
    ratings, is_teacher = quarrel
    even = ratings.item_ids % 2 == 0
    gaps = []
    for weight in (1.0, 0.05):
        items = fit(weigh_teacher(ratings, is_teacher, weight), SMALL, seed=0, n_threads=1).items
        gaps.append(items.bias[~even].mean() - items.bias[even].mean())
    alike, light = gaps
    assert abs(alike) < 0.3
    assert light > alike + 0.3


def test_the_weight_falls_as_own_ratings_grow() -> None:
    ratings = make_ratings(n_users=80)
    weights = [
        teacher_weight(ratings, ratings.user_index.max() - np.arange(80) >= n_own)
        for n_own in range(81)
    ]
    assert weights[0] == 1.0
    assert all(more >= less for more, less in itertools.pairwise(weights[:-1]))
    assert weights[79] < 0.52
    assert weights[40] == pytest.approx(0.75, abs=0.05)
    assert weights[80] == 1.0  # no teacher


def test_a_site_without_teacher_or_own_people_has_no_weights(ratings: Ratings) -> None:
    for is_teacher in (np.zeros(ratings.n_users, bool), np.ones(ratings.n_users, bool)):
        assert weigh_teacher(ratings, is_teacher, 0.5) is ratings
    half = np.arange(ratings.n_users) % 2 == 0
    assert weigh_teacher(ratings, half, 1.0) is ratings


def test_weights_stay_with_their_ratings(quarrel: tuple[Ratings, np.ndarray]) -> None:
    weighed = weigh_teacher(*quarrel, 0.25)
    some = weighed.take(np.arange(0, len(weighed), 3))
    assert some.weights is not None
    assert np.array_equal(some.weights == 0.25, quarrel[1][some.user_index])


@pytest.mark.parametrize("weight", [0.0, -1.0, 1.5, np.nan])
def test_weights_that_are_no_share_are_refused(
    quarrel: tuple[Ratings, np.ndarray], weight: float
) -> None:
    with pytest.raises(ValueError, match="weights"):
        fit(weigh_teacher(*quarrel, weight), SMALL)


def test_the_same_bytes_on_any_number_of_threads(quarrel: tuple[Ratings, np.ndarray]) -> None:
    weighed = weigh_teacher(*quarrel, 0.3)
    one, two = (fit(weighed, SMALL, seed=5, n_threads=n).items for n in (1, 2))
    assert np.array_equal(one.ranking, two.ranking)


def test_light_ratings_are_drawn_as_often_as_they_weigh(
    quarrel: tuple[Ratings, np.ndarray],
) -> None:
    from recommender.core.fitting.interest_block import drawn
    from recommender.core.fitting.parts.part import mean_weights

    weighed, rng = weigh_teacher(*quarrel, 0.25), np.random.default_rng(1)
    everyone, weights = np.arange(weighed.n_users), mean_weights(weighed)
    met = np.concatenate([drawn(weights, everyone, rng) for _ in range(200)])
    counts = np.bincount(met, minlength=weighed.n_users)
    assert (counts[~quarrel[1]] == 200).all()
    assert counts[quarrel[1]].mean() == pytest.approx(50, abs=3)
