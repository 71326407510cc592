"""The prior of a user's interest vector from onboarding answers: groups picked, favourites named.

Both feed the interest block alone, never the predicted stars: favourites are a chosen set, and a
bias learned from them is wrong (RMSE 1.14 on ml-100k after five of them). Both fade out within 20
ratings: until then a fair pick makes the list better, after that a wrong one makes it worse.

The picked groups take the place of the mean user in `fold_in`: m = l x0 + (1 - l) xbar, with xbar
the mean user, x0 the mean of the picked clusters' mean vectors and l falling from 1 to 0 by 20
ratings. A favourite is a rating at the highest target with the weight 1 - n / 20.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from recommender.core.factors import ItemFactors, UserVector
from recommender.core.fold_in import Favourites, newness, solve_interest
from recommender.core.onboarding.item_clusters import ItemClusters
from recommender.core.ratings import Float64, Int64

# The picked groups' share in the start vector; the rest is the mean user.
PICKED_SHARE = 0.9
# Ratings after which nothing said at the start counts any more.
FADED_AFTER = 20


@dataclass(frozen=True)
class InterestPrior:
    """What a user's interest is taken to be before the first rating."""

    interest: Float64  # (k2,) in the place of the mean user's
    favourites: Int64  # (f,) rows of named items


def prior_from_answers(
    items: ItemFactors, groups: ItemClusters, picked: Any = (), favourites: Any = ()
) -> InterestPrior:
    """The start of a user who picked items that stand for groups, and named favourites.

    Both are rows of `items`, of whichever fit: a picked item stands for the group it is in now.
    """
    rows = np.asarray(picked, np.int64)
    mean = items.mean_interest.astype(np.float64)
    if len(groups) and rows.size:
        share = np.bincount(groups.of(items.interest[rows]), minlength=len(groups)) / rows.size
        mean = (1.0 - PICKED_SHARE) * mean + PICKED_SHARE * (share @ groups.mean_interest)
    return InterestPrior(np.asarray(mean, np.float64), np.asarray(favourites, np.int64))


def prior_still_counts(items: ItemFactors, n_ratings: int) -> bool:
    """Whether the onboarding answers still move the list after so many ratings."""
    return n_ratings < min(FADED_AFTER, items.hyperparameters.new_user_until)


def with_prior(
    items: ItemFactors,
    user: UserVector,
    item_index: Any,
    stars: Any,
    prior: InterestPrior,
    times: Any = None,
) -> UserVector:
    """The same user with the prior mixed into the interest vector; the stars stay as they are.

    item_index, stars, times: the ratings that `user` was solved from.
    """
    index = np.asarray(item_index, np.int64)
    n = int(index.size)
    if not prior_still_counts(items, n):
        return user
    left = 1.0 - n / FADED_AFTER
    of_groups = left / float(newness(items.hyperparameters, n))
    interest = solve_interest(
        items,
        index,
        stars,
        times,
        typical=items.mean_interest + of_groups * (prior.interest - items.mean_interest),
        favourites=Favourites(prior.favourites[~np.isin(prior.favourites, index)], left),
    )
    return replace(user, interest=interest.astype(np.float32))
