"""Groups of items, and where a person who picked some starts from."""

from dataclasses import replace

import numpy as np
import pytest

from recommender.core import Factors, Hyperparameters, Ratings, fit, fold_in, score_items
from recommender.core.evaluation.metrics import ndcg
from recommender.core.onboarding.item_clusters import cluster_items, unit_rows
from recommender.core.onboarding.prior_from_answers import (
    prior_from_answers,
    prior_still_counts,
    with_prior,
)
from recommender.core.ranking import predicted_stars, top_n

THEMES, MOVIES_EACH, PEOPLE = 4, 15, 120


@pytest.fixture(scope="module")
def four_themes() -> Factors:
    """Each person likes and rates one theme; a few ratings elsewhere."""
    rng = np.random.default_rng(3)
    n = THEMES * MOVIES_EACH
    own = np.arange(PEOPLE)[:, None] % THEMES == np.arange(n) % THEMES
    users, items = np.nonzero(rng.random((PEOPLE, n)) < np.where(own, 0.7, 0.08))
    stars = np.where(own[users, items], 4.5, 2.5) + rng.choice([-0.5, 0.0, 0.5], users.size)
    settings = Hyperparameters(n_factors=8, interest_factors=8)
    return fit(Ratings.from_triples(users, items + 100, stars), settings, seed=1)


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
