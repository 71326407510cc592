"""Ratings of anybody, in the fit or new to it."""

import numpy as np
from hypothesis import strategies as st

from recommender.core import Factors

anyone = st.tuples(
    st.one_of(st.none(), st.integers(0, 59)), st.integers(0, 40), st.integers(0, 10_000)
)


def person(fitted: Factors, row: int | None, n: int, seed: int) -> dict:
    """n ratings of somebody: a row of the fit with own and new ratings, or a stranger (None)."""
    rng = np.random.default_rng(seed)
    index = rng.permutation(fitted.items.n_items)[:n]
    stars = rng.integers(1, 11, n) / np.float32(2)
    if row is None:
        return {"item_index": index, "stars": stars}
    in_fit = np.isin(index, fitted.rated_by(int(fitted.user_ids[row])))
    user_implicit = fitted.user_implicit[row]
    return {"item_index": index, "stars": stars, "in_fit": in_fit, "user_implicit": user_implicit}


def without(who: dict, place: int) -> dict:
    keep = np.arange(len(who["stars"])) != place
    return {k: v if k == "user_implicit" else v[keep] for k, v in who.items()}
