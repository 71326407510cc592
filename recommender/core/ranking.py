"""Scores and orders: the list is one dot product, similarity is a cosine."""

from __future__ import annotations

from typing import Any

import numpy as np

from recommender.core.boldness import RATINGS_TO_BE_LIFTED, with_boldness
from recommender.core.factors import Factors, ItemFactors, UserVector
from recommender.core.fold_in import newness, standard_deviation
from recommender.core.ratings import (
    HIGHEST_STARS,
    LOWEST_STARS,
    Float32,
    Float64,
    Int64,
    find_rows,
)


def recommend(factors: Factors, user_id: int, n: int = 10) -> tuple[Int64, Float32]:
    """The n best items that a user of the fit did not rate: (item ids, scores), best first.

    A user whom the fit does not know gets the mean user's list.

    >>> item_ids, scores = recommend(factors, user_id=1)
    >>> item_ids
    array([10, 60])
    """
    row = int(find_rows(factors.user_ids, [user_id])[0])
    user = UserVector.mean_of(factors.items) if row < 0 else factors.user_vector(row)
    scores = score_items(factors.items, user)
    best = top_n(scores, n, exclude=factors.rated_by(user_id))
    return factors.items.item_ids[best], scores[best]


def user_ranking(items: ItemFactors, user: UserVector) -> Float32:
    """(k2 + k + 1,) the user's ranking vector, each block in units of its standard deviation.

    [ x / sd(x.f), w u / sd(u.q + b), w / sd(u.q + b) ], the deviations over the rated items from
    stored covariances: sd(x.f)^2 = x' Cov(F) x. No pass over the items. The stars' weight w is
    larger while a user is new: little is known of their interest, and stars keep off what they
    would not like. Before the first rating they are the mean user's, and say nothing.
    """
    p = items.hyperparameters
    interest = np.asarray(user.interest, np.float64)
    stars = np.concatenate([[1.0], user.vector]).astype(np.float64)
    new = float(newness(p, user.n_ratings)) if user.n_ratings else 0.0
    weight = p.stars_weight + p.new_user_stars_weight * new
    interest /= standard_deviation(interest, items.interest_covariance)
    stars *= weight / standard_deviation(stars, items.stars_covariance)
    return np.concatenate([interest, stars[1:], stars[:1]]).astype(np.float32)


def score_items(items: ItemFactors, user: UserVector, boldness: float = 0.0) -> Float32:
    """(n_items,) scores for ordering, shrunk dot products; higher is better.

    Without `shrink_scores`, items that one user rated would fill the list. boldness: see
    `with_boldness`; 0 is plain.

    >>> user = fold_in(factors.items, [0, 1], [5.0, 1.0])
    >>> score_items(factors.items, user).shape
    (6,)
    """
    scores = np.asarray(items.ranking @ user_ranking(items, user), np.float32)
    return with_boldness(items, shrink_scores(items, scores), boldness)


def shrink_scores(items: ItemFactors, scores: Float32) -> Float32:
    """(..., n_items) c s + (c - 1), in place, with s the scores and c the items' `confidence`."""
    scores += np.float32(1)
    scores *= items.confidence
    scores -= np.float32(1)
    return scores


def predicted_stars(
    items: ItemFactors, user: UserVector, item_index: Any = None
) -> Float32 | Float64:
    """(m,) stars, not clipped, of the items at item_index (None: of all).

    Of chosen items in double precision: an explanation's parts sum to what is shown to 1e-6.

    >>> user = fold_in(factors.items, [0, 1], [5.0, 1.0])
    >>> predicted_stars(factors.items, user, [2, 3]).round()
    array([5., 2.])
    """
    if item_index is None:
        base = np.float32(items.global_mean + user.bias)
        return np.asarray(base + items.bias + items.vectors @ user.vector, np.float32)
    rows = np.asarray(item_index, np.int64)
    factors = items.vectors[rows].astype(np.float64)
    stars = items.global_mean + user.bias + items.bias[rows] + factors @ user.vector
    return np.asarray(stars, np.float64)


def half_steps(stars: Any) -> Float32:
    """Predicted stars as cards print them and as others may see them: to the nearest half."""
    on_scale = np.clip(np.asarray(stars, np.float32), LOWEST_STARS, HIGHEST_STARS)
    return np.asarray(np.round(2.0 * on_scale) / 2.0, np.float32)


def page_order(stars: Any) -> Int64:
    """(m,) the order in which a page shows picks that come best first, given their stars.

    In half steps of the predicted stars, as cards print them, and best first within a step: order
    and print agree, and no item stands before one with more than half a star more. It costs from
    -.01 (a gain) to .03 of NDCG@10 while a user is new (benchmarks/personal.py); sorting by the
    stars themselves costs twice to three times as much.

    >>> page_order([3.4, 4.6, 3.6, 4.4])
    array([1, 3, 0, 2])
    """
    return np.argsort(-half_steps(stars), kind="stable")


def top_n(scores: Float32, n: int, exclude: Any = None) -> Int64:
    """Rows of the n highest scores, best first; equal scores in order of row.

    Rows in `exclude` and scores that are not numbers never come back.

    >>> top_n(np.array([0.1, 0.9, np.nan, 0.5]), 2)
    array([1, 3])
    >>> top_n(np.array([0.1, 0.9, np.nan, 0.5]), 2, exclude=[1])
    array([3, 0])
    """
    values = np.where(np.isfinite(scores), scores, -np.inf)
    if exclude is not None and np.size(exclude):
        values[np.asarray(exclude, np.int64)] = -np.inf
    n = min(max(n, 0), int(np.count_nonzero(values > -np.inf)))
    if not n:
        return np.empty(0, np.int64)
    # Everything tied with the n-th place stays in, else the cut would be arbitrary.
    threshold = np.partition(values, values.size - n)[values.size - n]
    candidates = np.flatnonzero(values >= threshold)
    best = np.argsort(-values[candidates], kind="stable")[:n]
    return np.asarray(candidates[best], np.int64)


def lowest(keys: Any, start: int, stop: int) -> Int64:
    """Places start to stop of the ascending order of keys; equal ones in order of place.

    The slice of a stable argsort, without sorting what lies outside of it.

    >>> lowest(np.array([5, 1, 4, 1, 3]), 1, 4)
    array([3, 4, 2])
    """
    values = np.asarray(keys)
    start, stop, _ = slice(start, stop).indices(values.size)
    if start >= stop:
        return np.empty(0, np.int64)
    bounds = np.partition(values, [start, stop - 1])
    first, last = bounds[start], bounds[stop - 1]
    near = np.flatnonzero((values >= first) & (values <= last))
    ordered = near[np.argsort(values[near], kind="stable")]
    before = int(np.count_nonzero(values < first))
    return np.asarray(ordered[start - before : stop - before], np.int64)


def similar_items(
    items: ItemFactors,
    item_index: int,
    n: int,
    exclude: Any = None,
    min_ratings: int = RATINGS_TO_BE_LIFTED,
) -> tuple[Int64, Float32]:
    """The n items liked by the same users: (rows, cosine of interest vectors), best first.

    >>> rows, cosine = similar_items(factors.items, item_index=0, n=2)
    >>> rows
    array([4, 2])
    """
    cosine = cosine_similarity(items, items.interest[item_index], min_ratings)
    cosine[item_index] = np.nan
    best = top_n(cosine, n, exclude)
    return best, cosine[best]


def cosine_similarity(
    items: ItemFactors, interest: Any, min_ratings: int = RATINGS_TO_BE_LIFTED
) -> Float32:
    """(n_items,) cosine of each interest vector with this one, NaN below min_ratings ratings.

    >>> float(cosine_similarity(factors.items, factors.items.interest[0])[0].round(3))
    1.0
    """
    vector = np.asarray(interest, np.float32)
    lengths = np.maximum(items.interest_lengths * np.linalg.norm(vector), 1e-12)
    cosine = items.interest @ vector / lengths
    return np.asarray(np.where(items.n_ratings >= min_ratings, cosine, np.nan), np.float32)
