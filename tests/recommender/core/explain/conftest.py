"""Ratings of anybody, in the fit or new to it."""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from recommender.core import Factors, ItemFactors, UserRatings

anyone = st.tuples(
    st.one_of(st.none(), st.integers(0, 59)), st.integers(0, 40), st.integers(0, 10_000)
)


def person(fitted: Factors, row: int | None, n: int, seed: int) -> UserRatings:
    """n ratings of somebody: a row of the fit with own and new ratings, or a stranger (None)."""
    rng = np.random.default_rng(seed)
    index = rng.permutation(fitted.items.n_items)[:n]
    stars = rng.integers(1, 11, n) / np.float32(2)
    if row is None:
        return UserRatings(index, stars)
    in_fit = np.isin(index, fitted.rated_by(int(fitted.user_ids[row])))
    return UserRatings(index, stars, in_fit, fitted.user_implicit[row])


def without(who: UserRatings, place: int) -> UserRatings:
    keep = np.arange(len(who)) != place
    in_fit = None if who.in_fit is None else who.in_fit[keep]
    return UserRatings(who.item_index[keep], who.stars[keep], in_fit, who.user_implicit)


def all_weigh_alike(items: ItemFactors) -> ItemFactors:
    """The same items, where leaving a rating out does not make those before it newer."""
    p = items.hyperparameters
    return replace(items, hyperparameters=replace(p, stars_newest=1.0, stars_oldest=1.0))
