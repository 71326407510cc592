"""Parts of the ratings, and whether they can be split by time."""

import numpy as np
import pytest

from recommender.core import Ratings
from recommender.core.evaluation import splits
from recommender.core.evaluation.splits import has_times


def test_times_that_are_all_the_same_are_none(ratings: Ratings) -> None:
    assert has_times(ratings)
    for times in (None, np.zeros(len(ratings))):
        same = Ratings.from_triples(ratings.user_index, ratings.item_index, ratings.stars, times)
        assert not has_times(same)


def test_fifths_follow_the_order_of_the_ratings(ratings: Ratings) -> None:
    parts = splits.fifths_in_order(ratings)
    assert list(np.concatenate([test for _, test in parts])) == list(range(len(ratings)))
    for train, test in parts:
        assert test.size == pytest.approx(len(ratings) / 5, abs=1)
        assert sorted([*train, *test]) == list(range(len(ratings)))
