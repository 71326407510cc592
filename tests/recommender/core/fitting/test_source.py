"""Ratings in memory as a source, and fits from sources that are read part by part."""

import itertools
from dataclasses import dataclass

import numpy as np
import pytest

from recommender.core import Ratings, fit
from recommender.core.fitting.parts import partition
from recommender.core.fitting.source import InMemory
from tests.recommender.core.conftest import SMALL, make_ratings


def test_it_works() -> None:
    ratings = make_ratings()
    source = InMemory(ratings)
    assert source.read(0, ratings.n_users) is ratings
    some = source.read(10, 14)
    assert some.user_ids.tolist() == ratings.user_ids[10:14].tolist()
    assert np.array_equal(some.item_ids, ratings.item_ids)
    assert (np.diff(some.user_index) >= 0).all()
    assert np.array_equal(np.bincount(some.user_index), source.user_counts[10:14])
    own = ratings.user_index == 12
    assert np.array_equal(some.stars[some.user_index == 2], ratings.stars[own])
    assert np.array_equal(some.times[some.user_index == 2], ratings.times[own])


@dataclass(frozen=True)
class Reader:
    """Reads what it is asked for, and remembers that."""

    ratings: Ratings
    asked: list[tuple[int, int]]

    @property
    def user_ids(self) -> np.ndarray:
        return self.ratings.user_ids

    @property
    def item_ids(self) -> np.ndarray:
        return self.ratings.item_ids

    @property
    def user_counts(self) -> np.ndarray:
        return np.bincount(self.ratings.user_index, minlength=self.ratings.n_users)

    def read(self, first: int, last: int) -> Ratings:
        self.asked.append((first, last))
        return InMemory(self.ratings).read(first, last)


def test_a_source_gives_the_factors_of_the_same_ratings_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(partition, "PARTS_FROM", ((0, 3),))
    ratings, asked = make_ratings(n_users=20, n_items=20), []
    from_source = fit(Reader(ratings, asked), SMALL, seed=3)
    in_memory = fit(ratings, SMALL, seed=3)
    assert from_source.user_factors.tobytes() == in_memory.user_factors.tobytes()
    assert from_source.items.vectors.tobytes() == in_memory.items.vectors.tobytes()
    assert np.array_equal(from_source.ratings.stars, ratings.stars)
    bounds = partition.user_bounds(InMemory(ratings).user_counts, 3).tolist()
    parts = set(itertools.pairwise(bounds))
    assert parts <= set(asked)


def test_a_source_without_ratings_is_refused() -> None:
    empty = make_ratings().take(np.empty(0, np.int64))
    with pytest.raises(ValueError, match="no ratings"):
        fit(Reader(empty, []), SMALL)
