"""Turning a list softly: towards the wish, never away from it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recommender.core import steer


def test_it_works() -> None:
    closeness = np.array([0.9, 0.8, 0.7, 0.1])
    years = np.array([1990.0, 1950, 1980, 1960])
    assert steer(closeness, []).tolist() == [0, 1, 2, 3]
    assert steer(closeness, [-years]).tolist()[0] == 1
    assert steer(closeness, [years]).tolist() == [0, 2, 1, 3]


numbers = st.floats(-1e6, 1e6).map(lambda value: round(value, 3))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.integers(1, 40).flatmap(
        lambda n: st.tuples(
            arrays(np.float64, n, elements=numbers),
            arrays(np.float64, n, elements=numbers),
            st.integers(1, n),
        )
    )
)
def test_a_wish_is_never_answered_backwards(
    drawn: tuple[np.ndarray, np.ndarray, int],
) -> None:
    closeness, wish, n = drawn
    plain, steered = steer(closeness, [])[:n], steer(closeness, [wish])[:n]
    scale = max(float(np.abs(wish).max()), 1.0)
    assert wish[steered].mean() >= wish[plain].mean() - 1e-9 * scale


def test_what_is_not_known_neither_wins_nor_loses() -> None:
    closeness = np.zeros(3)
    assert steer(closeness, [np.array([1.0, np.nan, 3.0])]).tolist() == [2, 1, 0]
    assert steer(closeness, [np.full(3, np.nan)]).tolist() == [0, 1, 2]
    assert steer(np.empty(0), [np.empty(0)]).tolist() == []


def test_two_wishes_at_once() -> None:
    closeness = np.zeros(4)
    old, known = np.array([1.0, 1, 0, 0]), np.array([0.0, 1, 0, 1])
    assert steer(closeness, [old, known]).tolist()[0] == 1
