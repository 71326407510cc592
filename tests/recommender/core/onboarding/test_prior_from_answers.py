"""Picks and favourites from before the first rating shape the list, and fade."""

import numpy as np

from recommender.core import Factors, fold_in, score_items
from recommender.core.evaluation.metrics import ndcg
from recommender.core.onboarding.item_clusters import cluster_items, unit_rows
from recommender.core.onboarding.prior_from_answers import (
    prior_from_answers,
    prior_still_counts,
    with_prior,
)
from recommender.core.ranking import predicted_stars, top_n
from tests.recommender.core.onboarding.conftest import THEMES


def test_a_pick_alone_makes_a_better_list_than_nothing(four_themes: Factors) -> None:
    items = four_themes.items
    groups = cluster_items(items, four_themes.user_interest, n_groups=THEMES)
    nobody = fold_in(items, (), ())
    gains = []
    for rows in groups.shown:
        wanted = np.flatnonzero(items.item_ids % THEMES == items.item_ids[rows[0]] % THEMES)
        person = with_prior(items, nobody, (), (), prior_from_answers(items, groups, rows))
        ours, before = (
            ndcg(top_n(score_items(items, who), 10), wanted, 10) for who in (person, nobody)
        )
        gains.append(ours - before)
    assert np.mean(gains) > 0.3


def test_what_was_said_fades_as_ratings_come_in(four_themes: Factors) -> None:
    items = four_themes.items
    groups = cluster_items(items, four_themes.user_interest, n_groups=THEMES)
    start = prior_from_answers(items, groups, groups.shown[0], groups.shown[0])
    moved = []
    for n in (0, 1, 5, 15, 19, 20, 60):
        rows, stars = np.arange(n), np.full(n, 4.0)
        plain = fold_in(items, rows, stars)
        said = with_prior(items, plain, rows, stars, start)
        moved.append(float(np.linalg.norm(said.interest - plain.interest)))
    assert moved[0] > moved[1] > moved[2] > moved[3] > moved[4] > 0
    assert moved[5:] == [0, 0]
    assert prior_still_counts(items, 19)
    assert not prior_still_counts(items, 20)


def test_stars_stay_what_they_are_whatever_was_said(four_themes: Factors) -> None:
    items = four_themes.items
    groups = cluster_items(items, four_themes.user_interest)
    rows, stars = np.array([3, 8]), np.array([2.0, 4.5])
    for given, values in ((rows, stars), ((), ())):
        plain = fold_in(items, given, values)
        said = with_prior(
            items, plain, given, values, prior_from_answers(items, groups, [1, 2], [4, 5])
        )
        assert not np.array_equal(said.interest, plain.interest)
        np.testing.assert_array_equal(predicted_stars(items, said), predicted_stars(items, plain))


def test_a_rated_favourite_counts_by_its_stars_alone(four_themes: Factors) -> None:
    items = four_themes.items
    groups = cluster_items(items, four_themes.user_interest)
    rows, stars = np.array([3]), np.array([1.0])
    plain = fold_in(items, rows, stars)
    said = with_prior(items, plain, rows, stars, prior_from_answers(items, groups, (), rows))
    np.testing.assert_allclose(said.interest, plain.interest, atol=1e-6)


def test_a_favourite_draws_its_like(four_themes: Factors) -> None:
    items = four_themes.items
    groups = cluster_items(items, four_themes.user_interest)
    nobody = fold_in(items, (), ())
    named = with_prior(items, nobody, (), (), prior_from_answers(items, groups, (), [0, 4]))
    like = unit_rows(items.interest) @ unit_rows(items.interest)[0]
    near = np.argsort(-like)[1:10]
    change = score_items(items, named) - score_items(items, nobody)
    assert change[near].mean() > np.delete(change, near).mean() + 0.3
