"""Every prediction can be taken apart, and every part is what it says."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.core import ItemFactors, explain, fold_in, predicted_stars
from recommender.core.explain import leave_one_out
from recommender.core.factors import Factors
from recommender.core.fold_in import solve_stars

EXACT = {"abs": 1e-6, "rel": 0}


def person(fitted: Factors, row: int | None, n: int, seed: int) -> dict:
    """n ratings of somebody: a row of the fit with own and new ratings, or a stranger (None)."""
    rng = np.random.default_rng(seed)
    index = rng.permutation(fitted.items.n_items)[:n]
    stars = rng.integers(1, 11, n) / np.float32(2)
    if row is None:
        return {"item_index": index, "stars": stars}
    in_fit = np.isin(index, fitted.rated_by(int(fitted.user_ids[row])))
    user_implicit = fitted.user_implicit[row]
    return {"item_index": index, "stars": stars, "in_fit": in_fit, "user_implicit": user_implicit}


def without(who: dict, place: int) -> dict:
    keep = np.arange(len(who["stars"])) != place
    return {k: v if k == "user_implicit" else v[keep] for k, v in who.items()}


def total(parts) -> float:
    own = parts.value.sum() + parts.implicit.sum()
    return parts.global_mean + parts.item_bias + parts.user_bias + parts.prior + own


def shown(items: ItemFactors, who: dict, target: int) -> float:
    return float(predicted_stars(items, fold_in(items, **who), [target])[0])


def test_it_works(fitted: Factors) -> None:
    parts = explain(fitted.items, **person(fitted, 3, 12, 0), target_index=7)
    assert len(parts.contributions) == 12
    assert total(parts) == pytest.approx(parts.prediction, **EXACT)


anyone = st.tuples(
    st.one_of(st.none(), st.integers(0, 59)), st.integers(0, 40), st.integers(0, 10_000)
)


@settings(max_examples=60, deadline=None)
@given(who=anyone, target=st.integers(0, 49))
def test_the_parts_sum_to_the_shown_prediction(fitted: Factors, who: tuple, target: int) -> None:
    ratings = person(fitted, *who)
    parts = explain(fitted.items, **ratings, target_index=target)
    assert total(parts) == pytest.approx(shown(fitted.items, ratings, target), **EXACT)


@settings(max_examples=40, deadline=None)
@given(who=anyone, target=st.integers(0, 49), n=st.integers(0, 50))
def test_without_the_strongest_is_the_same_for_those(
    fitted: Factors, who: tuple, target: int, n: int
) -> None:
    ratings = person(fitted, *who)
    every = explain(fitted.items, **ratings, target_index=target)
    some = explain(fitted.items, **ratings, target_index=target, without=n)
    asked = ~np.isnan(some.prediction_without)
    assert asked.sum() == min(n, who[1])
    assert some.prediction_without[asked] == pytest.approx(
        every.prediction_without[asked], abs=1e-9
    )
    if 0 < n < who[1]:
        shares = np.abs(every.contributions)
        assert shares[asked].min() >= shares[~asked].max()


@settings(max_examples=40, deadline=None)
@given(who=anyone.filter(lambda who: who[1] > 0), target=st.integers(0, 49))
def test_without_a_rating_is_what_solving_without_it_gives(
    fitted: Factors, who: tuple, target: int
) -> None:
    ratings = person(fitted, *who)
    parts = explain(fitted.items, **ratings, target_index=target)
    solved = [
        explain(fitted.items, **without(ratings, j), target_index=target, without=0).prediction
        for j in range(who[1])
    ]
    np.testing.assert_allclose(parts.prediction_without, solved, atol=1e-8, rtol=0)


@pytest.mark.parametrize("corrections", [leave_one_out._MOST_CORRECTIONS, 0])
def test_weak_strengths_and_giving_up_on_corrections_are_as_exact(
    fitted: Factors, monkeypatch: pytest.MonkeyPatch, corrections: int
) -> None:
    monkeypatch.setattr(leave_one_out, "_MOST_CORRECTIONS", corrections)
    loose = replace(fitted.items, user_strength=1e-3, variance=fitted.items.variance + 1)
    ratings = person(fitted, None, 5, 1)
    parts = explain(loose, **ratings, target_index=7)
    solved = [
        explain(loose, **without(ratings, j), target_index=7, without=0).prediction
        for j in range(5)
    ]
    np.testing.assert_allclose(parts.prediction_without, solved, atol=1e-6, rtol=0)


def test_two_hundred_ratings_at_full_width_take_milliseconds() -> None:
    from tests.recommender.core.conftest import random_items

    items = random_items(60_000, 62, 64)
    rng = np.random.default_rng(0)
    index = rng.permutation(60_000)[:200]
    stars = rng.integers(1, 11, 200) / np.float32(2)
    explain(items, index, stars, 5)
    started = time.process_time()
    for _ in range(3):
        parts = explain(items, index, stars, 5)
    took = (time.process_time() - started) / 3
    assert parts.prediction_without.shape == (200,)
    assert took < 0.1, "one solution each took 200 times a solution"


@settings(max_examples=30, deadline=None)
@given(row=st.one_of(st.none(), st.integers(0, 59)), n=st.integers(1, 30), seed=st.integers(0, 999))
def test_what_was_to_be_expected_of_a_rating_is_the_prediction_without_it(
    fitted: Factors, row: int | None, n: int, seed: int
) -> None:
    who = person(fitted, row, n, seed)
    solution = solve_stars(fitted.items, **who)
    found = leave_one_out.own_predictions_without_each(
        fitted.items, who["item_index"], who["stars"], solution
    )
    for place, target in enumerate(who["item_index"]):
        others = fold_in(fitted.items, **without(who, place))
        # The movie without this person's part in its factors.
        vector = solution.rows[place, 1:]
        stars = fitted.items.global_mean + fitted.items.bias[target] + others.bias
        assert found[place] == pytest.approx(stars + others.vector @ vector, abs=1e-5)
