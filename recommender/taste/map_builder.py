"""Builds the taste map of a run: axes, places of the best known movies, all users' statistics.

It is stored with the run, so that pages only read it. Its axes are aligned to those of the active
run; otherwise every refit would show users a rotated picture of the same taste.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from recommender.core import Factors
from recommender.core.evaluation.rating_habits import quantiles, rating_habits
from recommender.core.pca import (
    Components,
    align_axes,
    axis_cosines,
    extremes,
    principal_components,
)
from recommender.models import TasteMap, TrainingRun
from recommender.taste.map import ReferenceMap

logger = logging.getLogger(__name__)

N_AXES = 4
# Components searched for the old axes: those of nearly equal variance change places.
WIDE = 2 * N_AXES
# As many movies as fit on a page of 12 kB.
N_MOVIES = 150
# A movie with fewer ratings has no reliable place.
MIN_RATINGS_PER_MOVIE = 5
MIN_MOVIES = 2 * WIDE
N_NAMED = 6  # movies named at each end of an axis
# Statistics over fewer users could be traced to a single one.
MIN_USERS, MIN_RATERS = 20, 5
MIN_RATINGS_PER_USER = 10
# The map stays aligned to an old one while the mean cosine between their axes, weighted by variance
# (on a young site the last axes are noise), is high enough, and the aligned axes explain nearly as
# much variance as the unrotated ones.
MIN_COSINE, MIN_COSINE_TO_CURRENT, MIN_VARIANCE_KEPT = 0.9, 0.6, 0.9
DIGITS = 6


def build_map(run: TrainingRun, factors: Factors) -> None:
    """Compute and store the taste map of a run.

    A run can serve without one: errors are logged, and the page says that there is no map.
    """
    try:
        axes, anchor = _axes(factors)
        content = {"axes": [], "everyone": _everyone(factors), **axes}
        TasteMap.objects.update_or_create(
            run=run, defaults={"content": content, "anchor": anchor.to_json() if anchor else {}}
        )
    except (ArithmeticError, ValueError, np.linalg.LinAlgError):
        logger.exception("Run %s has no taste map", run.pk)


def _axes(factors: Factors) -> tuple[dict[str, Any], ReferenceMap | None]:
    """Principal components of the movies' vectors, weighted by number of ratings.

    Returns them with the map they were aligned to; empty for too few movies.
    """
    items = factors.items
    supported = items.n_ratings >= MIN_RATINGS_PER_MOVIE
    if supported.sum() < MIN_MOVIES:
        return {}, None
    weights = np.where(supported, items.n_ratings, 0)
    wide = principal_components(items.vectors, weights, WIDE)
    if wide.n_axes < 2:
        return {}, None
    shown = np.argsort(-weights, kind="stable")[: min(N_MOVIES, int(supported.sum()))]
    components, anchor = _align(wide, factors, shown)
    places = components.project(items.vectors[shown])
    content = {
        "aligned_to": anchor.run_id if anchor else None,
        "centre": _rounded(components.centre),
        "loadings": _rounded(components.axes),
        "mean_person": _rounded(items.mean_user_vector @ components.axes),
        "movies": items.item_ids[shown].tolist(),
        "places": _rounded(places),
        "axes": [
            {
                "share": round(float(components.share[axis]), DIGITS),
                "spread": float(np.sqrt(components.variance[axis])),
                **_ends(items.item_ids[shown], places[:, axis]),
                **users,
            }
            for axis, users in enumerate(_user_places(components, factors))
        ],
    }
    return content, anchor


def _ends(movie_ids: np.ndarray, places: np.ndarray) -> dict[str, list[int]]:
    low, high = extremes(places, N_NAMED)
    return {"low": movie_ids[low].tolist(), "high": movie_ids[high].tolist()}


def _align(
    wide: Components, factors: Factors, shown: np.ndarray
) -> tuple[Components, ReferenceMap | None]:
    """The components aligned to an old map, or as they are if no alignment is good enough.

    Tried in order: the anchor of the current map, then that map itself; each within the span of the
    first components, which explain most variance, before wider spans.
    """
    first = wide.first(N_AXES)
    anchor, current = ReferenceMap.anchor_and_current()
    attempts = [
        (reference, width, MIN_COSINE)
        for reference in (anchor, current)
        for width in range(first.n_axes, wide.n_axes + 1)
    ]
    for reference, width, min_cosine in [*attempts, (current, wide.n_axes, MIN_COSINE_TO_CURRENT)]:
        if reference is None or reference.places.shape[1] != first.n_axes:
            continue
        rotated, cosine = _rotate_onto(reference, wide.first(width), factors, shown)
        if cosine >= min_cosine and rotated.share.sum() >= MIN_VARIANCE_KEPT * first.share.sum():
            return rotated, reference
    return first, None


def _rotate_onto(
    reference: ReferenceMap, components: Components, factors: Factors, shown: np.ndarray
) -> tuple[Components, float]:
    """The components rotated onto the reference, and the mean cosine between their axes."""
    items = factors.items
    rows = items.index_of(reference.movie_ids)
    common = np.isin(rows, shown)
    if common.sum() < MIN_MOVIES:
        return components, -1.0
    vectors, old = items.vectors[rows[common]], reference.places[common]
    weights = items.n_ratings[rows[common]]
    rotated = align_axes(components, components.project(vectors), old, weights)
    cosines = axis_cosines(rotated.project(vectors), old, weights)
    return rotated, float(np.average(cosines, weights=rotated.variance))


def _user_places(components: Components, factors: Factors) -> list[dict[str, Any]]:
    """Spread of the users' places on each axis; quantiles too if there are enough users."""
    items = factors.items
    counts = np.bincount(factors.ratings.user_index, minlength=len(factors.user_ids))
    places = (factors.user_factors - items.mean_user_vector) @ components.axes
    places = places[counts >= MIN_RATINGS_PER_USER]
    if len(places) < MIN_USERS:
        return [{"people_spread": items.user_strength**-0.5, "people": []}] * components.n_axes
    return [
        {"people_spread": float(place.std()), "people": _rounded(quantiles(place))}
        for place in places.T.astype(np.float64)
    ]


def _everyone(factors: Factors) -> dict[str, Any]:
    """Distribution of all ratings, and quantiles of users' generosity and distance."""
    ratings = factors.ratings
    raters = len(np.unique(ratings.user_index))
    if raters < MIN_RATERS:
        return {}
    steps = np.bincount(np.rint(2 * ratings.stars).astype(np.int8), minlength=11)[1:11]
    found = rating_habits(
        ratings, min_others=MIN_RATINGS_PER_MOVIE, min_ratings=MIN_RATINGS_PER_USER
    )
    many = len(found.generosity) >= MIN_USERS
    return {
        "raters": raters,
        "half_stars": steps.tolist(),
        "generosity": _rounded(quantiles(found.generosity)) if many else [],
        "distance": _rounded(quantiles(found.distance)) if many else [],
    }


def _rounded(values: Any) -> Any:
    return np.round(np.asarray(values, np.float64), DIGITS).tolist()
