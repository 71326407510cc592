"""Part of an order, without sorting the rest."""

import numpy as np
import pytest

from recommender.core.ranking import lowest


def test_it_works() -> None:
    assert lowest([5, 1, 4, 1, 3], 0, 3).tolist() == [1, 3, 4]


@pytest.mark.parametrize("values", [3, 40, 10_000], ids=["many ties", "some ties", "few ties"])
def test_it_is_the_slice_of_a_stable_sort(values: int) -> None:
    rng = np.random.default_rng(values)
    for _turn in range(100):
        n = int(rng.integers(0, 300))
        keys = rng.integers(0, values, n).astype(np.float32)
        keys[rng.random(n) < 0.2] = np.inf
        start, stop = np.sort(rng.integers(0, n + 20, 2)).tolist()
        whole = np.argsort(keys, kind="stable")
        np.testing.assert_array_equal(lowest(keys, start, stop), whole[start:stop])


@pytest.mark.parametrize(("start", "stop"), [(0, 0), (3, 2), (5, 9), (9, 12)])
def test_nothing_lies_outside(start: int, stop: int) -> None:
    assert lowest([1, 2, 3, 4, 5], start, stop).tolist() == []
