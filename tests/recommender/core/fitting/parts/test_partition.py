"""How users, items and cells are cut."""

import numpy as np
import pytest

from recommender.core.fitting.engines import Local
from recommender.core.fitting.parts import partition
from recommender.core.fitting.parts.partition import Cut, cycle, n_parts, run_strata, user_bounds
from recommender.core.fitting.threads import Workers


def test_parts_have_about_equally_many_ratings() -> None:
    counts = np.random.default_rng(0).geometric(0.01, 1_000)
    bounds = user_bounds(counts, 8)
    sizes = np.add.reduceat(counts, bounds[:-1])
    assert sizes.sum() == counts.sum()
    assert np.abs(sizes - counts.sum() / 8).max() <= counts.max()


def test_more_parts_than_users_leave_some_empty() -> None:
    bounds = user_bounds(np.array([3, 4]), 4)
    assert bounds.size == 5
    assert (np.diff(bounds) >= 0).all()
    assert bounds[-1] == 2


def test_the_number_of_parts_follows_the_ratings_alone() -> None:
    assert [n_parts(n) for n in (1, 249_999, 250_000, 1_999_999, 2_000_000, 128_000_000)] == [
        *(1, 1, 4, 4, 8, 8)
    ]
    assert n_parts(10**11) == partition.MOST_PARTS


def test_blocks_and_cells_of_items_are_slices_of_one_order() -> None:
    cut = Cut.make(np.array([0, 5, 9, 20]), 2, np.random.default_rng(0).permutation(25))
    assert sorted(cut.item_order.tolist()) == list(range(25))
    np.testing.assert_array_equal(cut.item_order[cut.item_rows], np.arange(25))
    sizes = [block.stop - block.start for block in cut.blocks()]
    assert sum(sizes) == 25
    assert max(sizes) - min(sizes) <= 1
    for number, block in enumerate(cut.blocks()):
        cells = cut.cells(number)
        assert (cells[0].start, cells[0].stop) == (block.start, cells[1].start)
        assert cells[1].stop == block.stop


def test_one_block_keeps_the_order_of_the_items() -> None:
    cut = Cut.make(np.array([0, 3]), 1, np.random.default_rng(0).permutation(9))
    np.testing.assert_array_equal(cut.item_order, np.arange(9))


def test_a_cycle_has_every_stratum_once_and_each_next_to_the_last() -> None:
    strata = cycle(8, np.random.default_rng(3))
    assert sorted(strata) == list(range(8))
    steps = set(np.diff(strata) % 8)
    assert steps in ({1}, {7})


@pytest.mark.parametrize("n_threads", [1, 3])
def test_every_part_meets_every_block_once(n_threads: int) -> None:
    def meet(
        workers: Workers, block: int, user: str, item: str, part: str, fixed: str
    ) -> tuple[str, str]:
        assert item[0] == fixed == "abc"[block]
        return user + fixed, item + part

    with Local(n_threads) as engine:
        users, items = run_strata(
            engine,
            meet,
            [1, 2, 0],
            ["", "", ""],
            ["a", "b", "c"],
            [["0", "1", "2"]],
            [["a", "b", "c"]],
        )
    assert users == ["bca", "cab", "abc"]
    assert items == ["a210", "b021", "c102"]
