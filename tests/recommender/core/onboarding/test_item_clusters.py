"""Clusters of items with the same audience."""

from dataclasses import replace

import numpy as np

from recommender.core import Factors, fit
from recommender.core.onboarding.item_clusters import cluster_items
from recommender.core.onboarding.prior_from_answers import (
    prior_from_answers,
)
from tests.recommender.core.onboarding.conftest import THEMES


def test_it_works(four_themes: Factors) -> None:
    items = four_themes.items
    groups = cluster_items(items, four_themes.user_interest, n_groups=THEMES)
    assert len(groups) == THEMES
    themes = [set((items.item_ids[rows] % THEMES).tolist()) for rows in groups.shown]
    assert all(len(theme) == 1 for theme in themes)
    assert len(set.union(*themes)) == THEMES
    for group, rows in enumerate(groups.shown):
        assert len(set(rows.tolist())) == 3
        assert (groups.of(items.interest[rows]) == group).all()
        inside = items.n_ratings[groups.of(items.interest) == group]
        assert items.n_ratings[rows].min() >= np.median(inside) / 2


def test_the_mean_person_of_a_group_likes_its_items(four_themes: Factors) -> None:
    items = four_themes.items
    groups = cluster_items(items, four_themes.user_interest, n_groups=THEMES)
    nearest = groups.of(items.interest)
    for group in range(THEMES):
        scores = items.interest @ groups.mean_interest[group]
        assert scores[nearest == group].mean() > scores[nearest != group].mean() + 0.1


def test_the_same_factors_give_the_same_groups_biggest_first(four_themes: Factors) -> None:
    items = four_themes.items
    one, two = (cluster_items(items, four_themes.user_interest) for _ in range(2))
    np.testing.assert_array_equal(one.centres, two.centres)
    assert [rows.tolist() for rows in one.shown] == [rows.tolist() for rows in two.shown]
    nearest = one.of(items.interest)
    sizes = np.bincount(nearest, items.n_ratings, minlength=len(one))
    assert (np.diff(sizes) <= 0).all()
    np.testing.assert_allclose(np.linalg.norm(one.centres, axis=1), 1, rtol=1e-5)


def some_of(factors: Factors, n: int) -> Factors:
    ratings = factors.ratings
    return fit(ratings.take(ratings.item_index < n), factors.items.hyperparameters, seed=1)


def test_a_small_catalogue_has_fewer_groups_and_a_tiny_one_none(four_themes: Factors) -> None:
    for n, most in ((24, 4), (13, 2), (11, 0), (1, 0)):
        few = some_of(four_themes, n)
        groups = cluster_items(few.items, few.user_interest)
        assert len(groups) <= most
        assert len(groups) != 1
        assert prior_from_answers(few.items, groups, [0]).interest.shape == (8,)


def test_items_that_cannot_be_told_apart_are_no_groups(four_themes: Factors) -> None:
    same = np.ones_like(four_themes.items.interest)
    items = replace(four_themes.items, interest=same)
    assert len(cluster_items(items, four_themes.user_interest)) == 0
    items = replace(four_themes.items, interest=np.zeros_like(same))
    assert len(cluster_items(items, four_themes.user_interest)) == 0
    nobody = np.empty((0, 8), np.float32)
    assert len(cluster_items(four_themes.items, nobody)) == 0


def test_a_group_nobody_is_drawn_to_gets_the_mean_person(four_themes: Factors) -> None:
    two = four_themes.user_interest[:2]
    groups = cluster_items(four_themes.items, two)
    np.testing.assert_array_equal(
        groups.mean_interest, np.tile(four_themes.items.mean_interest, (len(groups), 1))
    )
