"""The data a search looks at, and how it tells a gain from chance."""

import numpy as np
import pytest

from movies.models import Movie
from recommender.core.evaluation import splits
from recommender.training import gate
from recommender.training.snapshot import read_snapshot
from recommender.tuning import objective
from recommender.tuning.objective import TuningSplit


def test_the_ratings_of_the_gate_are_never_looked_at(two_tastes: list[Movie]) -> None:
    snapshot = read_snapshot()
    ratings = snapshot.ratings
    _, held_out = splits.temporal(ratings, gate.HELD_OUT_SHARE)
    reserved = {(ratings.user_index[n], ratings.item_index[n]) for n in held_out}
    split = TuningSplit.of(snapshot, seed=3)
    parts = [split.train, split.search, split.confirm]
    used = [set(zip(part.user_index, part.item_index, strict=True)) for part in parts]
    assert not reserved & set.union(*used)
    assert len(set.union(*used)) == sum(map(len, used)) == len(ratings) - len(reserved)


def test_trials_and_the_best_are_judged_by_different_users(two_tastes: list[Movie]) -> None:
    split = TuningSplit.of(read_snapshot(), seed=3)
    assert not set(split.search.user_index) & set(split.confirm.user_index)


def test_of_a_large_site_some_users_are_taken_with_all_their_ratings(
    two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = read_snapshot()
    whole = TuningSplit.of(snapshot, seed=3)
    monkeypatch.setattr(objective, "MAX_RATINGS", 500)
    sample = TuningSplit.of(snapshot, seed=3)
    n = len(sample.train) + len(sample.search) + len(sample.confirm)
    assert 400 < n <= 500
    assert np.array_equal(sample.train.item_ids, whole.train.item_ids)
    user = sample.train.user_ids[0]
    n_rated = np.count_nonzero(sample.train.user_ids[sample.train.user_index] == user)
    assert n_rated == np.count_nonzero(whole.train.user_ids[whole.train.user_index] == user)


def test_a_gain_is_significant_only_if_most_users_share_it() -> None:
    users = np.repeat(np.arange(50), 20)
    rng = np.random.default_rng(0)
    before = rng.random(1000) + 0.5
    better = objective.stars_gain(before, before - 0.1, users)
    assert better.is_significant
    assert better.gain == pytest.approx(np.sqrt(before.mean()) - np.sqrt(before.mean() - 0.1))
    assert not objective.stars_gain(before, before, users).is_significant
    by_luck = before - 0.1 * np.repeat(rng.standard_normal(50), 20)
    assert not objective.stars_gain(before, by_luck, users).is_significant
    assert objective.lists_gain(before[:100], before[:100] + 0.1).is_significant
    assert not objective.lists_gain(before[:100], before[:100]).is_significant
