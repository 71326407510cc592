"""Items to ask a new user about."""

import numpy as np
import pytest

from recommender.core import (
    Factors,
    ItemFactors,
)
from recommender.core.onboarding.familiar_items import familiar_items


@pytest.fixture(scope="module")
def items(fitted: Factors) -> ItemFactors:
    return fitted.items


def test_familiar_movies_are_well_known_and_differ(items: ItemFactors) -> None:
    rows = familiar_items(items, 10, candidates=25)
    assert len(set(rows.tolist())) == 10
    best_known = np.sort(items.n_ratings)[::-1][:25]
    assert items.n_ratings[rows].min() >= best_known.min()
    assert rows[0] == items.n_ratings.argmax()
    assert familiar_items(items, 10, candidates=25).tolist() == rows.tolist()
    unit = items.interest / np.linalg.norm(items.interest, axis=1, keepdims=True)

    def likeness(some: np.ndarray) -> float:
        return float(np.triu(unit[some] @ unit[some].T, 1).max())

    assert likeness(rows) < likeness(np.argsort(-items.n_ratings)[:10])
