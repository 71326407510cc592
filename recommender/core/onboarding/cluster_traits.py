"""What the items of a cluster share and others lack, so that a cluster can be given a name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.core.factors import ItemFactors
from recommender.core.onboarding.item_clusters import RATINGS_TO_COUNT, ItemClusters
from recommender.core.ratings import Bool, Float64

# A small cluster's shares are damped as if it had this many more average items.
_DAMPING = 4.0


@dataclass(frozen=True)
class ClusterTraits:
    """How common each of t traits is in each of g clusters, and among all items."""

    share: Float64  # (g, t)
    base: Float64  # (t,)

    @property
    def lift(self) -> Float64:
        """(g, t) how many times as common as among all items; 0 for a trait nothing has."""
        known = self.base > 0
        lift = np.zeros_like(self.share)
        lift[:, known] = self.share[:, known] / self.base[known]
        return lift

    @property
    def score(self) -> Float64:
        """(g, t) share · log(lift): common in the cluster, and rare elsewhere."""
        return np.asarray(self.share * np.log(np.maximum(self.lift, 1e-12)))


def cluster_traits(items: ItemFactors, clusters: ItemClusters, traits: Bool) -> ClusterTraits:
    """traits: (n_items, t) which item has which trait.

    An item counts with the root of its number of ratings: people judge a cluster by the items they
    know.
    """
    weights = np.sqrt(items.n_ratings.astype(np.float64))
    weights[items.n_ratings < RATINGS_TO_COUNT] = 0.0
    total = weights.sum()
    if not total or not len(clusters):
        return ClusterTraits(np.zeros((len(clusters), traits.shape[1])), np.zeros(traits.shape[1]))
    base = weights @ traits / total
    member = clusters.of(items.interest) == np.arange(len(clusters))[:, None]
    damping = _DAMPING * total / np.count_nonzero(weights)
    own = (member * weights) @ traits + damping * base
    return ClusterTraits(own / ((member * weights).sum(axis=1, keepdims=True) + damping), base)
