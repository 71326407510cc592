"""Rows of items without ratings, from their genres."""

import numpy as np
import pytest

from recommender.core import GenreRegression
from recommender.core.unrated_items import fill_unrated

GENRES = np.array([[1, 0], [1, 0], [0, 1], [0, 1], [1, 1], [0, 0]], np.float32)
ROWS = np.array([[2.0, 0], [2, 0], [0, 2], [0, 2], [9, 9], [9, 9]], np.float32)
IS_RATED = np.array([True] * 4 + [False] * 2)


def test_an_unrated_item_gets_the_average_row_of_its_genres() -> None:
    filled = ROWS.copy()
    fill_unrated(IS_RATED, GENRES, [filled])
    np.testing.assert_array_equal(filled[:4], ROWS[:4])
    np.testing.assert_allclose(filled[4:], [[1, 1], [1, 1]], atol=1e-6)


def test_a_later_item_gets_the_row_that_the_fit_would_have_given_it() -> None:
    filled = ROWS.copy()
    fill_unrated(IS_RATED, GENRES, [filled])
    known = GenreRegression.fit(ROWS[:4], GENRES[:4])
    np.testing.assert_allclose(known.predict(GENRES[4:]), filled[4:], rtol=1e-6)


def test_genres_of_other_items_are_refused() -> None:
    with pytest.raises(ValueError, match="one row for each"):
        fill_unrated(IS_RATED, GENRES[:3], [ROWS.copy()])
