"""The ratings of a part, in every order in which they are read."""

import dataclasses
import itertools

import numpy as np
import pytest

from recommender.core.fitting.parts.part import Entries, Part, make_part
from recommender.core.fitting.parts.partition import Cut, user_bounds
from recommender.core.fitting.source import InMemory
from recommender.core.fitting.threads import Workers
from recommender.core.ratings import Ratings
from recommender.core.recency import ages_by_user
from tests.recommender.core.conftest import make_ratings


@pytest.fixture(scope="module")
def shuffled() -> Ratings:
    """Weighted ratings in random order, with a user and an item that have none."""
    ratings = make_ratings()
    ratings = ratings.take((ratings.user_index != 4) & (ratings.item_index != 6))
    rng = np.random.default_rng(2)
    weights = rng.uniform(0.1, 1.0, len(ratings)).astype(np.float32)
    return dataclasses.replace(ratings, weights=weights).take(rng.permutation(len(ratings)))


@pytest.fixture(scope="module")
def cut(shuffled: Ratings) -> Cut:
    bounds = user_bounds(InMemory(shuffled).user_counts, 3)
    return Cut.make(bounds, 2, np.random.default_rng(0).permutation(shuffled.n_items))


def made(ratings: Ratings, cut: Cut, number: int, is_large: bool = False) -> Part:
    users = cut.parts()[number]
    places = np.random.default_rng(9).permutation(users.stop - users.start)
    rng = np.random.default_rng(1)
    part, after = make_part(Workers(None), number, InMemory(ratings), cut, places, is_large, rng)
    assert rng.bit_generator.state == np.random.default_rng(1).bit_generator.state
    assert after.bit_generator.state != rng.bit_generator.state
    return part


def triples(ratings: Ratings, cut: Cut, number: int) -> set[tuple[int, int, float]]:
    users = cut.parts()[number]
    own = (ratings.user_index >= users.start) & (ratings.user_index < users.stop)
    rows = cut.item_rows[ratings.item_index[own]]
    index = ratings.user_index[own] - users.start
    return set(zip(index.tolist(), rows.tolist(), ratings.stars[own].tolist(), strict=True))


def listed(entries: Entries, *, is_by_item: bool) -> set[tuple[int, int, float]]:
    keys = np.repeat(np.arange(entries.starts.size - 1), entries.counts)
    pair = (entries.indices, keys) if is_by_item else (keys, entries.indices)
    return set(zip(*(column.tolist() for column in (*pair, entries.stars)), strict=True))


@pytest.mark.parametrize("number", [0, 1, 2])
def test_every_order_has_every_rating_of_the_part(number: int, shuffled: Ratings, cut: Cut) -> None:
    part, expected = made(shuffled, cut, number), triples(shuffled, cut, number)
    assert listed(part.by_user, is_by_item=False) == expected
    assert listed(part.by_item, is_by_item=True) == expected
    learned = set()
    for block, batch in zip(cut.blocks(), part.batches, strict=True):
        assert batch.items.size == 0 or batch.items.max() < block.stop - block.start
        rows = (batch.users.tolist(), (batch.items + block.start).tolist(), batch.stars.tolist())
        learned |= set(zip(*rows, strict=True))
    assert learned == expected


def test_a_users_items_are_in_the_order_of_their_cells(shuffled: Ratings, cut: Cut) -> None:
    starts, items, _ = made(shuffled, cut, 1).by_user
    cells = np.searchsorted(cut.item_cells, items, side="right")
    for first, last in itertools.pairwise(starts):
        assert (np.diff(cells[first:last]) >= 0).all()


def test_ages_and_weights_stay_with_their_ratings(shuffled: Ratings, cut: Cut) -> None:
    part, users = made(shuffled, cut, 2), cut.parts()[2]
    ages = ages_by_user(shuffled.user_index, shuffled.times)
    place = {
        (u - users.start, i): n
        for n, (u, i) in enumerate(
            zip(
                shuffled.user_index.tolist(),
                cut.item_rows[shuffled.item_index].tolist(),
                strict=True,
            )
        )
    }
    by_user = np.repeat(np.arange(part.n_users), part.by_user.counts)
    rows = [
        place[pair] for pair in zip(by_user.tolist(), part.by_user.indices.tolist(), strict=True)
    ]
    np.testing.assert_allclose(part.ages, ages[rows], atol=1e-9)
    by_item = np.repeat(np.arange(shuffled.n_items), part.by_item.counts)
    rows = [
        place[pair] for pair in zip(part.by_item.indices.tolist(), by_item.tolist(), strict=True)
    ]
    np.testing.assert_array_equal(part.item_weights, shuffled.weights[rows])


def test_a_part_in_files_is_the_same_and_its_files_have_no_names(
    shuffled: Ratings, cut: Cut, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    in_memory, in_files = (made(shuffled, cut, 0, is_large) for is_large in (False, True))
    assert in_files.is_mapped
    assert not list(tmp_path.iterdir())
    for name in ("by_user", "by_item"):
        for first, second in zip(getattr(in_memory, name), getattr(in_files, name), strict=True):
            np.testing.assert_array_equal(first, second)
            assert second.flags.writeable  # a read-only array is another type to the compiler
    np.testing.assert_array_equal(in_memory.ages, in_files.ages)


def test_ratings_that_a_fit_must_not_see_are_refused(shuffled: Ratings, cut: Cut) -> None:
    stars = shuffled.stars.copy()
    stars[:] = np.nan
    with pytest.raises(ValueError, match="stars"):
        made(dataclasses.replace(shuffled, stars=stars), cut, 0)
