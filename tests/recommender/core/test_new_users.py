"""Lists of people with a few ratings: about them from the first, and sane whatever they give."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from recommender.core import (
    Factors,
    ItemFactors,
    Ratings,
    UserVector,
    fit,
    fold_in,
    score_items,
    similar_items,
    top_n,
)
from recommender.core.evaluation.list_yardsticks import places_fallen
from recommender.core.evaluation.metrics import rows_by_user
from recommender.core.fold_in import own_mean, solve_interest
from recommender.core.recency import rating_ages, recency_weights
from tests.recommender.core.conftest import SMALL, make_ratings

N_SHOWN = 12


def page(items: ItemFactors, index: np.ndarray, stars: object, **given: object) -> np.ndarray:
    user = fold_in(items, index, stars, **given)
    return top_n(score_items(items, user), N_SHOWN, exclude=index)


def best_known(items: ItemFactors, n: int) -> np.ndarray:
    return np.argsort(-items.n_ratings, kind="stable")[:n]


def test_without_ratings_one_is_the_mean_user(fitted: Factors) -> None:
    items = fitted.items
    nobody, mean = fold_in(items, (), ()), UserVector.mean_of(items)
    np.testing.assert_array_equal(score_items(items, nobody), score_items(items, mean))
    np.testing.assert_allclose(solve_interest(items, (), ()), items.mean_interest, rtol=1e-6)


def test_the_mean_user_keeps_its_share_and_the_own_part_is_a_sum_over_ratings(
    fitted: Factors,
) -> None:
    """The formula of `fold_in`, with covariance and mean square taken from the items."""
    items, index, stars = fitted.items, np.array([4, 9, 17]), np.array([4.0, 2.5, 3.5])
    p, f, m = items.hyperparameters, items.interest.astype(float), items.mean_interest.astype(float)
    new = 1.0 - 3 / p.new_user_until
    v = recency_weights(rating_ages(None, 3), p.interest_newest, p.interest_oldest, p.recency_steps)
    slope = p.interest_user_slope + new * p.new_user_slope
    targets = 1.0 + slope * (stars - own_mean(items, stars))
    assert ((targets > -1) & (targets < 2)).all(), "no target is cut off"
    targets -= new * p.new_user_expected * (f[index] @ m)
    known = f[items.n_ratings > 0]
    a = p.interest_unrated_weight * known.T @ known + (v[:, None] * f[index]).T @ f[index]
    a += p.interest_user_ridge * np.eye(m.size)
    parts = [np.linalg.solve(a, v[i] * targets[i] * f[index[i]]) for i in range(3)]
    deviation, neutral = sum(parts), np.linalg.solve(a, (v[:, None] * f[index]).sum(axis=0))
    spread = max((known @ deviation).std(), (known @ neutral).std())
    level = np.sqrt(np.mean((known @ m) ** 2))
    own = p.new_user_share * 3**p.new_user_power * level / spread
    expected = (new + (1.0 - new) / own) * (new * m + own * deviation)
    np.testing.assert_allclose(solve_interest(items, index, stars), expected, rtol=1e-4, atol=1e-7)


def test_half_a_star_more_moves_what_is_near_up(fitted: Factors) -> None:
    items = fitted.items
    index, stars = np.array([4, 9, 17]), np.array([4.0, 2.0, 3.5])
    for place in range(3):
        more = stars.copy()
        more[place] += 0.5
        near, _ = similar_items(items, int(index[place]), 5, exclude=index)
        before, after = (
            score_items(items, fold_in(items, index, given)) for given in (stars, more)
        )
        assert (after - before)[near].mean() > 0


@pytest.mark.slow
@pytest.mark.parametrize(("stars", "sign"), [(1.0, 1), (5.0, -1)])
def test_one_rating_moves_the_ten_nearest_the_right_way(
    ml_100k: Factors, stars: float, sign: int
) -> None:
    items = ml_100k.items
    nobody = score_items(items, UserVector.mean_of(items))
    right = []
    for row in best_known(items, 300).tolist():
        after = score_items(items, fold_in(items, [row], [stars]))
        near = similar_items(items, row, 10)[0]
        fallen = places_fallen(nobody, after, near, np.array([row]))
        right.append(sign * np.median(fallen) > 0)
    assert np.mean(right) >= 0.95


@pytest.mark.slow
def test_who_hates_star_wars_is_not_offered_its_sequels(ml_100k: Factors) -> None:
    items = ml_100k.items
    star_wars, *sequels = items.index_of([50, 172, 181])  # their numbers in MovieLens 100K
    for hated in (0.5, 1.0):
        scores = score_items(items, fold_in(items, [star_wars], [hated]))
        assert not set(sequels) & set(top_n(scores, 24).tolist())
    scores = score_items(items, fold_in(items, [star_wars], [5.0]))
    assert set(sequels) <= set(top_n(scores, N_SHOWN).tolist())


@pytest.mark.slow
@pytest.mark.parametrize(("n", "most"), [(1, 0.8), (5, 0.52), (10, 0.5)])
def test_the_same_ratings_upside_down_make_another_list(
    ml_100k: Factors, n: int, most: float
) -> None:
    items, ratings = ml_100k.items, ml_100k.ratings
    shared = []
    for rows in rows_by_user(ratings)[::4]:
        index, stars = ratings.item_index[rows[:n]], ratings.stars[rows[:n]]
        if rows.size >= 40:
            pages = page(items, index, stars), page(items, index, 6.0 - stars)
            shared.append(np.isin(*pages).mean())
    assert len(shared) > 100
    assert np.mean(shared) <= most


@pytest.mark.slow
def test_a_list_goes_on_where_one_stops_being_new(ml_100k: Factors) -> None:
    """Around the last rating of a new user a list changes no more than from rating to rating."""
    items, ratings = ml_100k.items, ml_100k.ratings
    until = items.hyperparameters.new_user_until
    changed: dict[int, list[float]] = {}
    for rows in rows_by_user(ratings)[::10]:
        own = rows[np.argsort(ratings.times[rows], kind="stable")]
        if own.size < until + 4:
            continue
        index, stars, times = (
            some[own] for some in (ratings.item_index, ratings.stars, ratings.times)
        )
        lists = {
            n: page(items, index[:n], stars[:n], times=times[:n]).tolist()
            for n in range(until - 4, until + 5)
        }
        for n in range(until - 4, until + 4):
            rest = set(lists[n]) - {index[n]}
            changed.setdefault(n, []).append(len(rest - set(lists[n + 1])))
    means = {n: float(np.mean(of_n)) for n, of_n in changed.items()}
    usual = np.median(list(means.values()))
    assert max(means[until - 1], means[until]) <= 1.25 * usual, means


@pytest.mark.slow
class TestPeopleWhoGiveTheSameToEverything:
    """The same stars say less than different ones, and never turn the list upside down."""

    @pytest.fixture
    def given(self, ml_100k: Factors) -> list[np.ndarray]:
        draw = partial(np.random.default_rng(1).permutation, best_known(ml_100k.items, 200))
        return [draw()[:n] for n in (1, 2, 5, 10, 20, 29, 30, 31, 60) for _ in range(4)]

    @pytest.mark.parametrize("stars", [0.5, 1.0, 3.0, 3.5, 5.0])
    def test_the_list_is_full_and_of_movies_people_know(
        self, ml_100k: Factors, given: list[np.ndarray], stars: float
    ) -> None:
        known = set(best_known(ml_100k.items, 400).tolist())
        for index in given:
            user = fold_in(ml_100k.items, index, np.full(index.size, stars))
            scores = score_items(ml_100k.items, user)
            assert np.isfinite(scores).all()
            listed = top_n(scores, N_SHOWN, exclude=index)
            assert listed.size == N_SHOWN
            assert set(listed.tolist()) <= known

    def test_who_loves_everything_is_shown_what_is_near(
        self, ml_100k: Factors, given: list[np.ndarray]
    ) -> None:
        assert self._near(ml_100k, given, 5.0) > 2 * self._near(ml_100k, given, 0.5)

    def test_who_hates_everything_is_shown_little_that_is_near(
        self, ml_100k: Factors, given: list[np.ndarray]
    ) -> None:
        """Less than a neutral person of as few ratings."""
        assert self._near(ml_100k, given, 0.5) < 0.6 * self._near(ml_100k, given, 3.5)

    def _near(self, ml_100k: Factors, given: list[np.ndarray], stars: float) -> float:
        """Share of a page that is among the ten nearest of a given movie, after up to five."""
        shares = []
        for index in given:
            if index.size <= 5:
                near = [similar_items(ml_100k.items, row, 10)[0] for row in index.tolist()]
                listed = page(ml_100k.items, index, np.full(index.size, stars))
                shares.append(np.isin(listed, np.concatenate(near)).mean())
        return float(np.mean(shares))


def test_stored_rows_of_new_users_are_what_a_page_solves() -> None:
    """With their times, which are not in the order of the ratings."""
    many = make_ratings()
    few = many.take(np.flatnonzero((many.user_index >= 30) | (many.item_index < 25)))
    few = Ratings.from_triples(
        few.user_ids[few.user_index],
        few.item_ids[few.item_index],
        few.stars,
        times=few.times // 3600 * 3600,  # with ties
    )
    factors = fit(few, replace(SMALL, new_user_until=15), seed=2)
    counts = np.bincount(few.user_index, minlength=few.n_users)
    assert (counts < 15).any()
    assert (counts > 15).any()
    for row, own in enumerate(rows_by_user(few)):
        live = fold_in(
            factors.items,
            few.item_index[own],
            few.stars[own],
            times=few.times[own],
            in_fit=np.ones(own.size, bool),
            user_implicit=factors.user_implicit[row],
        )
        assert live.bias == pytest.approx(factors.user_bias[row], abs=1e-5)
        np.testing.assert_allclose(live.vector, factors.user_factors[row], atol=1e-5)
        np.testing.assert_allclose(live.interest, factors.user_interest[row], atol=1e-5)
