"""The age of ratings, counted in newer ratings of the same user, and the weights that follow."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.core.recency import STEPS_A_MINUTE, ages_by_user, rating_ages, recency_weights

# A few users and seconds, so that ties and full minutes come up.
OF_USERS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 300)), max_size=120)


def counted_one_by_one(seconds: list[int]) -> list[float]:
    """The definition, without any of the shortcuts."""
    in_minute = Counter(second // 60 for second in seconds)
    steps = [min(1.0, STEPS_A_MINUTE / in_minute[second // 60]) for second in seconds]
    return [
        sum(step for other, step in zip(seconds, steps, strict=True) if other > second)
        for second in seconds
    ]


def test_it_works() -> None:
    hour = 3600.0
    assert rating_ages([2 * hour, 0.0, 3 * hour, hour], 4).tolist() == [1, 3, 0, 2]


def test_ratings_of_one_second_are_equally_old() -> None:
    assert rating_ages([100.0, 900.0, 100.0, 900.0, 500.0], 5).tolist() == [3, 0, 3, 0, 2]


def test_without_times_the_order_given_counts() -> None:
    assert rating_ages(None, 4).tolist() == [3, 2, 1, 0]
    assert rating_ages(None, 0).size == 0


@pytest.mark.parametrize("per_second", [1, 1000])
def test_a_thousand_ratings_of_one_minute_are_twenty_steps(per_second: int) -> None:
    """An import must not make all that was rated by hand a thousand steps old."""
    imported = 6000.0 + np.arange(1000) // per_second * 0.05
    ages = rating_ages(np.concatenate([[0.0], imported, [9000.0]]), 1002)
    assert ages[0] == pytest.approx(STEPS_A_MINUTE + 1)
    assert ages[-1] == 0.0
    assert ages[1:-1].max() <= STEPS_A_MINUTE + 1


def test_thirty_ratings_of_one_minute_are_twenty_steps_and_of_two_minutes_thirty() -> None:
    seconds = np.append(0.0, 600.0 + np.arange(30))
    assert rating_ages(seconds, 31)[0] == pytest.approx(20.0)
    seconds = np.append(0.0, 645.0 + np.arange(30))  # the minute ends after fifteen of them
    assert rating_ages(seconds, 31)[0] == pytest.approx(30.0)


@given(OF_USERS)
def test_many_users_at_once_are_each_user_alone(rated: list[tuple[int, int]]) -> None:
    users = np.array([user for user, _ in rated], np.int64)
    seconds = np.array([second for _, second in rated], np.float64)
    together = ages_by_user(users, seconds)
    for user in range(4):
        own = seconds[users == user]
        np.testing.assert_allclose(together[users == user], rating_ages(own, own.size), atol=1e-9)
        np.testing.assert_allclose(
            together[users == user], counted_one_by_one(own.astype(int).tolist()), atol=1e-9
        )


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=60))
def test_newer_is_never_older_and_the_newest_has_no_age(seconds: list[int]) -> None:
    ages = rating_ages(np.array(seconds, np.float64), len(seconds))
    order = np.argsort(seconds, kind="stable")
    assert (np.diff(ages[order]) <= 1e-9).all()
    assert ages[order[-1]] == 0.0


def test_weights_fall_from_the_newest_to_the_oldest() -> None:
    weights = recency_weights(np.array([0.0, 20.0, 1e6]), newest=2.0, oldest=0.3, steps=20.0)
    assert weights == pytest.approx([2.0, 0.3 + 1.7 / np.e, 0.3])
