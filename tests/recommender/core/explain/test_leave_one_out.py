"""A prediction without each rating in turn is what solving without it gives."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.core import explain, fold_in
from recommender.core.explain import leave_one_out
from recommender.core.factors import Factors
from recommender.core.fold_in import solve_stars
from tests.recommender.core.explain.conftest import all_weigh_alike, anyone, person, without


@settings(max_examples=40, deadline=None)
@given(who=anyone.filter(lambda who: who[1] > 0), target=st.integers(0, 49))
def test_without_a_rating_is_what_solving_without_it_gives(
    fitted: Factors, who: tuple, target: int
) -> None:
    ratings, items = person(fitted, *who), all_weigh_alike(fitted.items)
    parts = explain(items, ratings, target_index=target)
    solved = [
        explain(items, without(ratings, j), target_index=target, without=0).prediction
        for j in range(who[1])
    ]
    np.testing.assert_allclose(parts.prediction_without, solved, atol=1e-8, rtol=0)


def test_chosen_ratings_and_many_items_at_once_are_the_same_numbers(fitted: Factors) -> None:
    who, targets, places = person(fitted, 3, 12, 0), [7, 0, 31], [5, 2]
    found = leave_one_out.predictions_without_each(fitted.items, who, targets, places)
    for column, target in enumerate(targets):
        alone = explain(fitted.items, who, target).prediction_without
        np.testing.assert_allclose(found[:, column], alone[places], atol=1e-9, rtol=0)


@pytest.mark.parametrize("corrections", [leave_one_out._MOST_CORRECTIONS, 0])
def test_weak_strengths_and_giving_up_on_corrections_are_as_exact(
    fitted: Factors, monkeypatch: pytest.MonkeyPatch, corrections: int
) -> None:
    monkeypatch.setattr(leave_one_out, "_MOST_CORRECTIONS", corrections)
    items = all_weigh_alike(fitted.items)
    loose = replace(items, user_strength=1e-3, variance=items.variance + 1)
    ratings = person(fitted, None, 5, 1)
    parts = explain(loose, ratings, target_index=7)
    solved = [
        explain(loose, without(ratings, j), target_index=7, without=0).prediction for j in range(5)
    ]
    np.testing.assert_allclose(parts.prediction_without, solved, atol=1e-6, rtol=0)


@settings(max_examples=30, deadline=None)
@given(row=st.one_of(st.none(), st.integers(0, 59)), n=st.integers(1, 30), seed=st.integers(0, 999))
def test_what_was_to_be_expected_of_a_rating_is_the_prediction_without_it(
    fitted: Factors, row: int | None, n: int, seed: int
) -> None:
    who, items = person(fitted, row, n, seed), all_weigh_alike(fitted.items)
    solution = who.solve(items)
    found = leave_one_out.own_predictions_without_each(items, who)
    for place, target in enumerate(who.item_index):
        others = fold_in(items, **without(who, place).arguments())
        # The movie without this person's part in its factors.
        vector = solution.rows[place, 1:]
        stars = items.global_mean + items.bias[target] + others.bias
        assert found[place] == pytest.approx(stars + others.vector @ vector, abs=1e-5)


def test_the_others_keep_the_weights_of_their_age(fitted: Factors) -> None:
    ratings = person(fitted, 3, 12, 5)
    found = explain(fitted.items, ratings, target_index=4).prediction_without
    weights = ratings.solve(fitted.items).weights
    assert weights[0] < weights[-1]
    for j in range(12):
        rest = without(ratings, j)
        index, stars = rest.item_index, rest.stars
        kept = solve_stars(
            fitted.items, index, stars, rest.in_fit, rest.user_implicit, np.delete(weights, j)
        )
        solved = explain(fitted.items, replace(rest, solution=kept), 4, without=0).prediction
        assert found[j] == pytest.approx(solved, abs=1e-8)
