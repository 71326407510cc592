"""Rank items for a group of users.

Everybody's scores are put on one measure first, so that nobody's taste weighs more because their
scores happen to spread wider. With z_mi member m's score of item i in units of that member's own
spread over all items, and s_mi the stars m would give it, to the nearest half:

    average       mean over m of z_mi
    veto          the same, of those items where nobody's predicted stars fall below a threshold
    least misery  min over m of s_mi; among equals min over m of z_mi

The rules are the classic ones of O'Connor et al. 2001 (PolyLens) and Masthoff 2004. Misery is
counted in stars, for by scores it was not less: of groups of four on ml-100k the least happy would
give the movies of the list 3.36 stars by average, 3.36 by the smallest z, 3.75 by the rule above.
In steps, for the plain smallest stars prefer what hardly anybody knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from recommender.core.boldness import with_boldness
from recommender.core.factors import ItemFactors, UserVector
from recommender.core.ranking import half_steps, shrink_scores, user_ranking
from recommender.core.ratings import Float32, Float64, Int64

# Below the middle of the scale (2.75): what a user would rather not sit through.
VETO_BELOW = 2.5


class Rule(StrEnum):
    """How several users' scores become one."""

    AVERAGE = "average"
    LEAST_MISERY = "least_misery"
    VETO = "veto"


def member_scores(
    items: ItemFactors, users: Sequence[UserVector], boldness: Sequence[float] | None = None
) -> Float64:
    """(n_users, n_items) each user's scores, in units of that user's own spread.

    boldness: of each user, as for `score_items`; None is plain for all.
    """
    ranking = np.stack([user_ranking(items, user) for user in users])
    scores = np.asarray(shrink_scores(items, ranking @ items.ranking.T), np.float64)
    for place, bold in enumerate(boldness or ()):
        scores[place] = with_boldness(items, scores[place].astype(np.float32), bold)
    scores -= scores.mean(axis=1, keepdims=True)
    spread = scores.std(axis=1, keepdims=True)
    return np.asarray(scores / np.where(spread > 0, spread, 1.0))


def member_stars(
    items: ItemFactors, users: Sequence[UserVector], item_index: Int64 | None = None
) -> Float32:
    """(n_users, n) predicted stars, not clipped, of the items at item_index (None: of all)."""
    rows = slice(None) if item_index is None else item_index
    bias = np.array([[user.bias] for user in users], np.float32) + np.float32(items.global_mean)
    vectors = np.stack([user.vector for user in users])
    return np.asarray(bias + items.bias[rows] + vectors @ items.vectors[rows].T, np.float32)


def discounted_stars(items: ItemFactors, users: Sequence[UserVector]) -> Float32:
    """`member_stars` of all items, up to a star less for what hardly anybody rated."""
    return np.asarray(member_stars(items, users) - (1.0 - items.confidence), np.float32)


def group_scores(
    scores: Float64, rule: Rule, stars: Float32 | None = None, veto_below: float = VETO_BELOW
) -> Float64:
    """(n_items,) scores of the group; NaN, which no list takes, where somebody has a veto.

    scores: (n_users, n_items) from `member_scores`; stars: (n_users, n_items), for a veto from
    `member_stars`, for least misery from `discounted_stars`; the average needs none.

    Raises:
        ValueError: nobody is there, or no stars where they are needed.
    """
    if not len(scores):
        raise ValueError("a group has at least one person in it")
    if rule is Rule.AVERAGE:
        return np.asarray(scores.mean(axis=0))
    if stars is None:
        raise ValueError(f"{rule} is decided by predicted stars")
    if rule is Rule.LEAST_MISERY:
        least = scores.min(axis=0)
        # Between -1 and 1, so that it decides among equal steps and never between two.
        return np.asarray(4.0 * half_steps(stars).min(axis=0) + least / (1.0 + np.abs(least)))
    together = np.asarray(scores.mean(axis=0))
    together[(stars < veto_below).any(axis=0)] = np.nan
    return together
