"""The fitted model as evaluations see it."""

import numpy as np
import pytest

from recommender.core import Factors, Ratings, fold_in
from recommender.core.evaluation.model_adapter import LatentFactors


def test_the_model_answers_as_it_does_on_a_page(ratings: Ratings, fitted: Factors) -> None:
    model = LatentFactors.of(fitted)
    users, items = ratings.user_index[::7], ratings.item_index[::7]
    expected = fitted.predict(ratings.user_ids[users], ratings.item_ids[items])
    assert model.predict(users, items) == pytest.approx(expected, abs=1e-5)
    some = ratings.take(np.flatnonzero(ratings.user_index == 3)[:4])
    folded = fold_in(fitted.items, some.item_index, some.stars, times=some.times)
    assert model.for_users_of(some).vector_of(3).vector == pytest.approx(folded.vector)
    assert model.for_users_of(some).vector_of(4).n_ratings == 0
