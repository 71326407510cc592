"""Every prediction can be taken apart, and every part is what it says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.core import ItemFactors, UserRatings, explain, fold_in, predicted_stars
from recommender.core.factors import Factors
from tests.recommender.core.explain.conftest import anyone, person

EXACT = {"abs": 1e-6, "rel": 0}


def total(parts) -> float:
    own = parts.value.sum() + parts.implicit.sum()
    return parts.global_mean + parts.item_bias + parts.user_bias + parts.prior + own


def shown(items: ItemFactors, who: UserRatings, target: int) -> float:
    return float(predicted_stars(items, fold_in(items, **who.arguments()), [target])[0])


def test_it_works(fitted: Factors) -> None:
    parts = explain(fitted.items, person(fitted, 3, 12, 0), target_index=7)
    assert len(parts.contributions) == 12
    assert total(parts) == pytest.approx(parts.prediction, **EXACT)


@settings(max_examples=60, deadline=None)
@given(who=anyone, target=st.integers(0, 49))
def test_the_parts_sum_to_the_shown_prediction(fitted: Factors, who: tuple, target: int) -> None:
    ratings = person(fitted, *who)
    parts = explain(fitted.items, ratings, target_index=target)
    assert total(parts) == pytest.approx(shown(fitted.items, ratings, target), **EXACT)


@settings(max_examples=40, deadline=None)
@given(who=anyone, target=st.integers(0, 49), n=st.integers(0, 50))
def test_without_the_strongest_is_the_same_for_those(
    fitted: Factors, who: tuple, target: int, n: int
) -> None:
    ratings = person(fitted, *who)
    every = explain(fitted.items, ratings, target_index=target)
    some = explain(fitted.items, ratings, target_index=target, without=n)
    asked = ~np.isnan(some.prediction_without)
    assert asked.sum() == min(n, who[1])
    assert some.prediction_without[asked] == pytest.approx(
        every.prediction_without[asked], abs=1e-9
    )
    if 0 < n < who[1]:
        shares = np.abs(every.contributions)
        assert shares[asked].min() >= shares[~asked].max()
