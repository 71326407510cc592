"""Whether ratings can be split by time."""

import numpy as np

from recommender.core import Ratings
from recommender.core.evaluation.splits import has_times


def test_times_that_are_all_the_same_are_none(ratings: Ratings) -> None:
    assert has_times(ratings)
    for times in (None, np.zeros(len(ratings))):
        same = Ratings.from_triples(ratings.user_index, ratings.item_index, ratings.stars, times)
        assert not has_times(same)
