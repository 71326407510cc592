"""Tasks on the threads of this process."""

import threading
import warnings

import numpy as np
import pytest

from recommender.core.fitting.engines import Local
from recommender.core.fitting.threads import Workers


def add(workers: Workers, a: int, b: int) -> int:
    return a + b


@pytest.mark.parametrize("n_threads", [1, 2, 8])
def test_it_works(n_threads: int) -> None:
    with Local(n_threads) as engine:
        sums = engine.map(add, [1, 2, 3], [10, 20, 30])
        assert engine.get(sums) == [11, 22, 33]
        assert engine.one(add, 1, 2) == 3
        assert engine.split([(1, "a"), (2, "b")], 2) == ([1, 2], ["a", "b"])
        assert engine.checkpoint(sums) == sums


def test_sums_are_added_in_the_order_of_a_tree() -> None:
    values = [np.float32(v) for v in (1e8, 1.0, -1e8, 1.0, 3.0)]
    with Local(1) as engine:
        assert engine.sum(values) == ((values[0] + values[1]) + (values[2] + values[3])) + values[4]
        assert engine.sum(values[:1]) is values[0]


def test_pieces_of_a_task_run_on_the_threads_left_over() -> None:
    barrier = threading.Barrier(4)

    def task(workers: Workers, number: int) -> list[int]:
        def piece() -> int:
            barrier.wait(60)  # all four at once, or never
            return number

        return workers.run([piece, piece])

    with Local(4) as engine:
        assert engine.map(task, [1, 2]) == [[1, 1], [2, 2]]


def test_what_a_task_raises_is_raised() -> None:
    def fail(workers: Workers, number: int) -> None:
        raise KeyError(number)

    with Local(2) as engine, pytest.raises(KeyError, match="7"):
        engine.map(fail, [7, 7])


def test_tasks_have_the_error_state_of_the_caller() -> None:
    def overflow(workers: Workers, value: float) -> float:
        return float(np.float32(value) * np.float32(value))

    with Local(2) as engine, np.errstate(over="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert engine.map(overflow, [1e30, 1e30]) == [np.inf, np.inf]


def test_columns_of_another_length_are_refused() -> None:
    with Local(1) as engine:
        with pytest.raises(ValueError):
            engine.map(add, [1, 2], [1])
        with pytest.raises(ValueError, match="2 values, not 3"):
            engine.split([(1, 2)], 3)
