"""Baselines predict and rank for users they were not made from."""

import numpy as np
import pytest

from recommender.core import Ratings
from recommender.core.evaluation import baselines


@pytest.mark.parametrize("make", baselines.ALL)
def test_a_baseline_that_knows_the_same_says_the_same(make, ratings: Ratings) -> None:
    first = make(ratings)
    again = first.for_users_of(ratings)
    people, items = ratings.user_index[:50], ratings.item_index[:50]
    assert again.predict(people, items) == pytest.approx(first.predict(people, items), abs=1e-4)
    asked = np.arange(10)
    assert again.score(asked) == pytest.approx(first.score(asked), abs=1e-4)


@pytest.mark.parametrize("make", [baselines.BiasOnly, baselines.ItemNeighbours, baselines.Ease])
def test_a_baseline_learns_a_new_person_from_their_ratings(make, ratings: Ratings) -> None:
    mine = ratings.user_index == 5
    others = make(ratings.take(~mine))
    before = others.score(np.array([5])), others.predict(np.array([5]), np.array([0]))
    others = others.for_users_of(ratings.take(mine))
    after = others.score(np.array([5])), others.predict(np.array([5]), np.array([0]))
    assert not np.allclose(before[0], after[0]) or not np.allclose(before[1], after[1])
