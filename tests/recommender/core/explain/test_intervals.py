"""How sure a prediction is, and whether the promised share of ratings lies inside."""

from dataclasses import replace

import numpy as np
import pytest

from recommender.core import Factors, UserRatings, prediction_std
from recommender.core.explain.intervals import Z_80


def test_every_rating_of_mine_and_of_the_movie_makes_it_surer(fitted: Factors) -> None:
    items = fitted.items
    index, stars = np.arange(20), np.full(20, 3.5)
    widths = [
        prediction_std(items, UserRatings(index[:n], stars[:n]), [30])[0] for n in (0, 1, 5, 20)
    ]
    assert widths == sorted(widths, reverse=True)
    assert np.isfinite(widths).all()
    rare = replace(items, n_ratings=np.where(np.arange(items.n_items) == 30, 1, 50))
    few, many = prediction_std(rare, UserRatings(index, stars), [30, 31])
    assert few > many


def test_standard_deviations_and_intervals_agree(fitted: Factors) -> None:
    # 80 % of a normal distribution: the error function of 1.2816 / sqrt 2.
    draws = np.random.default_rng(0).standard_normal(200_000)
    assert np.mean(np.abs(draws) < Z_80) == pytest.approx(0.8, abs=0.005)
