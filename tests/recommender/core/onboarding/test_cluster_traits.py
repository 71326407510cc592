"""What the items of a cluster share and others lack."""

from dataclasses import replace

import numpy as np

from recommender.core import Factors
from recommender.core.onboarding.cluster_traits import cluster_traits
from recommender.core.onboarding.item_clusters import ItemClusters, cluster_items, representatives
from tests.recommender.core.onboarding.conftest import THEMES


def groups_of(factors: Factors) -> ItemClusters:
    return cluster_items(factors.items, factors.user_interest, n_groups=THEMES)


def test_it_works(four_themes: Factors) -> None:
    """Traits are the themes themselves: each group has its own four times as often as all do."""
    items, groups = four_themes.items, groups_of(four_themes)
    is_of = (items.item_ids % THEMES)[:, None] == np.arange(THEMES)
    traits = cluster_traits(items, groups, is_of)
    own = [int(items.item_ids[rows[0]] % THEMES) for rows in groups.shown]
    assert traits.score.argmax(axis=1).tolist() == own
    np.testing.assert_allclose(traits.base.sum(), 1)
    np.testing.assert_allclose(traits.share.sum(axis=1), 1)
    for group, theme in enumerate(own):
        assert traits.share[group, theme] > 0.75
        assert traits.lift[group, theme] > 3
        assert (np.delete(traits.lift[group], theme) < 1).all()


def test_what_all_or_none_have_tells_nothing(four_themes: Factors) -> None:
    items, groups = four_themes.items, groups_of(four_themes)
    all_or_none = np.column_stack([np.ones(items.n_items, bool), np.zeros(items.n_items, bool)])
    traits = cluster_traits(items, groups, all_or_none)
    np.testing.assert_allclose(traits.share, [[1, 0]] * THEMES)
    np.testing.assert_allclose(traits.lift, [[1, 0]] * THEMES)
    np.testing.assert_allclose(traits.score, 0, atol=1e-12)


def test_without_ratings_or_groups_there_is_nothing_to_tell(four_themes: Factors) -> None:
    items = four_themes.items
    traits = np.ones((items.n_items, 2), bool)
    none = ItemClusters.none(items.interest.shape[1])
    assert cluster_traits(items, none, traits).score.shape == (0, 2)
    unrated = replace(items, n_ratings=np.zeros_like(items.n_ratings))
    assert not cluster_traits(unrated, groups_of(four_themes), traits).share.any()


def test_others_stand_for_a_group_where_some_are_excluded(four_themes: Factors) -> None:
    items, groups = four_themes.items, groups_of(four_themes)
    nothing = np.empty(0, np.int64)
    same = representatives(items, groups, nothing)
    assert [rows.tolist() for rows in same] == [rows.tolist() for rows in groups.shown]
    excluded = groups.shown[0][:2]
    first, *others = representatives(items, groups, excluded)
    assert len(first) == 3
    assert not np.isin(first, excluded).any()
    assert (groups.of(items.interest[first]) == 0).all()
    assert [rows.tolist() for rows in others] == [rows.tolist() for rows in groups.shown[1:]]
    everything = np.flatnonzero(groups.of(items.interest) == 1)
    assert representatives(items, groups, everything)[1].tolist() == []
