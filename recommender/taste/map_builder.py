"""At the end of a fit: the axes of taste, the best known movies' places, everyone's habits.

Stored with the run, so that a page only reads. Axes are turned onto those of the run that serves
now, or every refit would show people another picture of the same taste.
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
from recommender.taste.map import Picture

logger = logging.getLogger(__name__)

N_AXES = 4
# The old axes are looked for among this many components: nearly equal ones change places.
WIDE = 2 * N_AXES
# As many as a page of 12 kB holds.
N_MOVIES = 150
# Fewer ratings do not say where a movie stands.
SUPPORT = 5
FEWEST_MOVIES = 2 * WIDE
N_NAMED = 6  # movies at each end of an axis
# Figures of people are shown from this many people on: below, they say what single ones do.
FEWEST_PEOPLE, FEWEST_RATERS = 20, 5
FEWEST_RATINGS = 10
# An old picture is kept while its axes are found again, each counting by what it shows (on a young
# site the last ones are noise), and show nearly as much as the best ones would.
LIKE_ENOUGH, BARELY_LIKE, LEAST_SHARE = 0.9, 0.6, 0.9
DIGITS = 6


def survey(run: TrainingRun, factors: Factors) -> None:
    """Store the taste map of a run whose factors are written.

    A run serves without one: what fails here is logged and the page says that there is no map.
    """
    try:
        axes, anchor = _axes(factors)
        content = {"axes": [], "everyone": _everyone(factors), **axes}
        TasteMap.objects.update_or_create(
            run=run, defaults={"content": content, "anchor": anchor.to_json() if anchor else {}}
        )
    except (ArithmeticError, ValueError, np.linalg.LinAlgError):
        logger.exception("Run %s has no taste map", run.pk)


def _axes(factors: Factors) -> tuple[dict[str, Any], Picture | None]:
    """Components of the rated movies' vectors, every rating counted once; none for too few movies.

    With them the picture that they were turned onto.
    """
    items = factors.items
    supported = items.n_ratings >= SUPPORT
    if supported.sum() < FEWEST_MOVIES:
        return {}, None
    weights = np.where(supported, items.n_ratings, 0)
    wide = principal_components(items.vectors, weights, WIDE)
    if wide.n_axes < 2:
        return {}, None
    shown = np.argsort(-weights, kind="stable")[: min(N_MOVIES, int(supported.sum()))]
    components, anchor = _turned(wide, factors, shown)
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
                **people,
            }
            for axis, people in enumerate(_people(components, factors))
        ],
    }
    return content, anchor


def _ends(movie_ids: np.ndarray, places: np.ndarray) -> dict[str, list[int]]:
    low, high = extremes(places, N_NAMED)
    return {"low": movie_ids[low].tolist(), "high": movie_ids[high].tolist()}


def _turned(
    wide: Components, factors: Factors, shown: np.ndarray
) -> tuple[Components, Picture | None]:
    """The components turned onto an old picture, or as they are when that is outlived.

    Tried in order: the anchor of the map on show, then that map itself; each inside the first
    components alone, whose span shows most, before wider ones.
    """
    first = wide.first(N_AXES)
    anchor, current = Picture.on_show()
    attempts = [
        (picture, width, LIKE_ENOUGH)
        for picture in (anchor, current)
        for width in range(first.n_axes, wide.n_axes + 1)
    ]
    for picture, width, least in [*attempts, (current, wide.n_axes, BARELY_LIKE)]:
        if picture is None or picture.places.shape[1] != first.n_axes:
            continue
        turned, like = _onto(picture, wide.first(width), factors, shown)
        if like >= least and turned.share.sum() >= LEAST_SHARE * first.share.sum():
            return turned, picture
    return first, None


def _onto(
    picture: Picture, components: Components, factors: Factors, shown: np.ndarray
) -> tuple[Components, float]:
    """The components turned onto the picture, and the mean cosine of their axes with its own."""
    items = factors.items
    rows = items.index_of(picture.movie_ids)
    common = np.isin(rows, shown)
    if common.sum() < FEWEST_MOVIES:
        return components, -1.0
    vectors, old = items.vectors[rows[common]], picture.places[common]
    weights = items.n_ratings[rows[common]]
    turned = align_axes(components, components.project(vectors), old, weights)
    like = axis_cosines(turned.project(vectors), old, weights)
    return turned, float(np.average(like, weights=turned.variance))


def _people(components: Components, factors: Factors) -> list[dict[str, Any]]:
    """For each axis how far people lean along it: the deviation, and quantiles if they are many."""
    items = factors.items
    counts = np.bincount(factors.ratings.user_index, minlength=len(factors.user_ids))
    leans = (factors.user_factors - items.mean_user_vector) @ components.axes
    leans = leans[counts >= FEWEST_RATINGS]
    if len(leans) < FEWEST_PEOPLE:
        return [{"people_spread": items.user_strength**-0.5, "people": []}] * components.n_axes
    return [
        {"people_spread": float(lean.std()), "people": _rounded(quantiles(lean))}
        for lean in leans.T.astype(np.float64)
    ]


def _everyone(factors: Factors) -> dict[str, Any]:
    """How all ratings are spread, and how generous and how far from the others people are."""
    ratings = factors.ratings
    raters = len(np.unique(ratings.user_index))
    if raters < FEWEST_RATERS:
        return {}
    steps = np.bincount(np.rint(2 * ratings.stars).astype(np.int8), minlength=11)[1:11]
    found = rating_habits(ratings, min_others=SUPPORT, min_ratings=FEWEST_RATINGS)
    many = len(found.generosity) >= FEWEST_PEOPLE
    return {
        "raters": raters,
        "half_stars": steps.tolist(),
        "generosity": _rounded(quantiles(found.generosity)) if many else [],
        "distance": _rounded(quantiles(found.distance)) if many else [],
    }


def _rounded(values: Any) -> Any:
    return np.round(np.asarray(values, np.float64), DIGITS).tolist()
