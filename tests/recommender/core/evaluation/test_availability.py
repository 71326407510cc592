"""No list of the past shows what nobody had rated yet."""

from dataclasses import replace

import numpy as np
import pytest

from recommender.core import Ratings
from recommender.core.evaluation import splits
from recommender.core.evaluation.availability import Availability
from recommender.core.evaluation.metrics import ListFigures

# Item 30 is rated for the first time after user 1's list is made, item 40 never.
RATINGS = Ratings.from_triples(
    user_ids=[1, 1, 2, 2, 2],
    item_ids=[10, 20, 10, 30, 20],
    stars=[4, 4, 4, 4, 4],
    times=[1, 5, 2, 8, 9],
    catalogue=[40],
)
HELD_OUT = RATINGS.take(np.array([1, 4]))


def test_an_item_comes_with_its_first_rating() -> None:
    availability = Availability.of(RATINGS, HELD_OUT)
    assert list(availability.first_rated) == [1, 5, 8, np.inf]
    assert list(availability.moments) == [5, 9]
    # User 1 would be the first to rate item 20: nobody had done so before.
    assert list(availability.unavailable(0)) == [1, 2, 3]
    assert list(availability.unavailable(1)) == [3]
    assert availability.n_too_early(0, np.array([0, 2])) == 1


def test_it_needs_times() -> None:
    timeless = replace(RATINGS, times=None)
    with pytest.raises(ValueError, match="needs the times"):
        Availability.of(timeless, timeless)


def test_lists_leave_out_what_came_later_and_count_what_did_not(ratings: Ratings) -> None:
    train, test = map(ratings.take, splits.temporal(ratings))
    late = Availability.of(ratings, test)
    late = replace(late, first_rated=np.where(np.arange(ratings.n_items) % 2, np.inf, 0))

    def odd_first(users: np.ndarray) -> np.ndarray:
        return np.tile(np.arange(ratings.n_items) % 2, (users.size, 1)).astype(np.float32)

    plain = ListFigures.measure(train, test, odd_first)
    ruled = ListFigures.measure(train, test, odd_first, availability=late)
    assert plain.coverage > ruled.coverage > 0
    assert ruled.too_early == ruled.report().too_early == 0
    assert plain.too_early is plain.report().too_early is None
    two, one = replace(ruled, too_early=2), replace(ruled, too_early=1)
    assert ListFigures.pooled([two, one]).too_early == 3
    assert ListFigures.pooled([two, plain]).too_early is None
