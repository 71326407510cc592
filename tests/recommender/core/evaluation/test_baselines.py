"""Baselines predict and rank for users they were not made from."""

import numpy as np
import pytest

from recommender.core import Ratings
from recommender.core.evaluation import baselines, item_item_baselines


@pytest.mark.parametrize("make", item_item_baselines.ALL)
def test_a_baseline_that_knows_the_same_says_the_same(make, ratings: Ratings) -> None:
    first = make(ratings)
    again = first.for_users_of(ratings)
    people, items = ratings.user_index[:50], ratings.item_index[:50]
    assert again.predict(people, items) == pytest.approx(first.predict(people, items), abs=1e-4)
    asked = np.arange(10)
    assert again.score(asked) == pytest.approx(first.score(asked), abs=1e-4)


@pytest.mark.parametrize(
    "make", [baselines.BiasOnly, item_item_baselines.ItemNeighbours, item_item_baselines.Ease]
)
def test_a_baseline_learns_a_new_person_from_their_ratings(make, ratings: Ratings) -> None:
    mine = ratings.user_index == 5
    others = make(ratings.take(~mine))
    before = others.score(np.array([5])), others.predict(np.array([5]), np.array([0]))
    others = others.for_users_of(ratings.take(mine))
    after = others.score(np.array([5])), others.predict(np.array([5]), np.array([0]))
    assert not np.allclose(before[0], after[0]) or not np.allclose(before[1], after[1])


@pytest.mark.parametrize("make", item_item_baselines.ALL)
def test_one_person_is_ranked_for_as_a_user_is(make, ratings: Ratings) -> None:
    user = 5
    baseline = make(ratings)
    own = ratings.take(np.flatnonzero(ratings.user_index == user))
    own = own.take(np.argsort(own.times))
    alone = baseline.for_person(own.item_index, own.stars, own.times)
    assert alone == pytest.approx(baseline.score(np.array([user]))[0], abs=1e-4)


def test_recent_popularity_counts_the_month_before_a_users_last_rating() -> None:
    day = 86_400
    ratings = Ratings.from_triples(
        user_ids=[1, 2, 3, 4, 4],
        item_ids=[10, 10, 20, 20, 30],
        stars=[4, 4, 4, 4, 4],
        times=[0, 1 * day, 50 * day, 60 * day, 90 * day],
    )
    recent = baselines.RecentPopularity(ratings)
    by_user = recent.score(np.arange(4))
    assert list(np.argmax(by_user, axis=1)) == [0, 0, 1, 2]
    # What came after a user's own last rating does not count, and all time breaks ties.
    assert list(np.floor(by_user[0])) == [1, 0, 0]
    assert by_user[3, 1] > by_user[3, 2] - 1 > 0
    nobody = recent.for_person(np.array([], np.int64), np.array([], np.float32))
    assert np.argmax(nobody) == 2  # as of the newest rating of all
    with pytest.raises(ValueError, match="needs the times"):
        baselines.RecentPopularity(Ratings.from_triples([1], [2], [3]))


def test_slim_is_at_its_optimum(ratings: Ratings) -> None:
    """The conditions of Karush, Kuhn and Tucker, column by column."""
    l1, l2 = 1.0, 5.0
    slim = item_item_baselines.Slim(ratings, l1, l2, n_neighbours=1000, n_sweeps=400)
    rated = np.zeros((ratings.n_users, ratings.n_items))
    rated[ratings.user_index, ratings.item_index] = 1
    weights = slim.weights.astype(float)
    gradient = rated.T @ (rated @ weights - rated) + l2 * weights + l1
    np.fill_diagonal(gradient, 0)
    assert (weights >= 0).all()
    assert not np.diag(weights).any()
    assert 0 < np.count_nonzero(weights) < weights.size / 2
    assert np.abs(gradient[weights > 0]).max() < 0.01
    assert gradient.min() > -0.01


def test_slim_keeps_to_the_nearest_items(ratings: Ratings) -> None:
    few = item_item_baselines.Slim(ratings, n_neighbours=3, l2=5.0)
    assert (np.count_nonzero(few.weights, axis=0) <= 3).all()
