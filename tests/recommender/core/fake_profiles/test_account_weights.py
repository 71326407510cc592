"""What new accounts weigh, and what that spares the movies."""

import numpy as np

from recommender.core import fit
from recommender.core.fake_profiles import account_weights as weights
from recommender.core.fake_profiles.attacks import attacked, weighted
from tests.recommender.core.fake_profiles.crowd import crowd


def test_weights_grow_with_days_and_ratings() -> None:
    found = weights.account_weights([0, 7, 14, 400, 14, 14, np.inf], [90, 90, 90, 90, 0, 10, 1])
    np.testing.assert_allclose(found, [0.1, 0.55, 1.0, 1.0, 0.1, 0.55, 1.0])


def test_a_clock_that_was_set_back_takes_nothing_away() -> None:
    assert weights.account_weights([-3.0], [50]).tolist() == [0.1]


def test_where_most_are_new_they_are_lifted() -> None:
    assert weights.lifted(np.full(5, 0.1), [7] * 5).tolist() == [1.0] * 5
    few_old = weights.lifted(np.array([1.0, 0.1]), [10, 90])
    assert few_old[0] == 1.0
    assert 0.25 < few_old[1] < 0.3
    few_new = np.array([0.1, 1.0])
    np.testing.assert_allclose(weights.lifted(few_new, [10, 90]), few_new)
    assert not weights.lifted(np.empty(0), []).size


def test_a_flood_of_new_accounts_moves_a_movie_less() -> None:
    ratings = crowd(300, 200, seed=5)
    counts = np.bincount(ratings.item_index, minlength=200)
    target = int(np.argmin(np.abs(counts - 6)))
    together, fakes = attacked(ratings, "average", target, 6, seed=6, whole_stars=False)
    light = weighted(together, np.isin(together.user_ids, fakes), weights.LEAST)
    real = ratings.user_ids
    item = np.full(real.size, ratings.item_ids[target])

    def predicted(learned_from) -> float:
        return float(fit(learned_from, seed=0, n_threads=1).predict(real, item).mean())

    before = predicted(ratings)
    full, damped = predicted(together) - before, predicted(light) - before
    assert damped < 0.5 * full
    assert full > 0.2
