"""Which of a user's ratings speak for an item.

A rating j speaks for item i if all of these hold:

    liked   its stars are at least 3.5, and at least the user's own mean; it is of another item
    near    cos(f_j, f_i) > 0 is among the highest 5 % of item i's: the interest block says that
            the same people pick both
    for     its share in the predicted stars of i is not negative (see `contributions`)

The nearest comes first. Two things can be said of it. "Because you gave j 5 stars" (STARS) needs an
effect on the number: both j's share and what the prediction loses without j are at least 0.1 star.
These come before all others, of which no more is said than what the interest block knows: "loved
by people who also loved j" (AUDIENCE). Where no rating speaks for an item there is nothing to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from recommender.core.boldness import RATINGS_TO_BE_LIFTED
from recommender.core.explain.contributions import contributions
from recommender.core.explain.leave_one_out import predictions_without_each
from recommender.core.explain.user_ratings import UserRatings
from recommender.core.factors import ItemFactors
from recommender.core.ratings import Float32, Float64, Int64

LIKED = 3.5
SMALLEST_EFFECT = 0.1  # stars
NEAR_SHARE = 0.05
FEWEST_NEAR = 10  # in a catalogue of less than 200 items
# A large catalogue's 5 % are found from so many of its items, evenly spaced, which takes a quarter
# of a millisecond for 12 picks. On ml-100k it is between 4 and 6 % nine times of ten.
_SAMPLE = 1000


class ReasonKind(StrEnum):
    """What a rating that speaks for an item may be called."""

    STARS = "stars"  # a reason for the predicted stars
    AUDIENCE = "audience"  # an item of the same audience


@dataclass(frozen=True)
class Reason:
    """One of the user's ratings that speaks for an item."""

    place: int  # of the rating, among the user's
    kind: ReasonKind
    share: float  # in the predicted stars
    without: float | None  # stars predicted without it, not clipped; of kind STARS only


def reasons_for(
    items: ItemFactors, ratings: UserRatings, target_index: Any, n: int = 1
) -> list[list[Reason]]:
    """For each item at target_index, up to n ratings that speak for it, most convincing first.

    >>> [why] = reasons_for(factors.items, UserRatings([0, 1], [5.0, 1.0]), target_index=[2])
    >>> [(reason.place, reason.share > 0) for reason in why]
    [(0, True)]
    """
    targets = np.asarray(target_index, np.int64)
    liked = _liked(ratings)
    if not liked.size or not targets.size:
        return [[] for _ in targets]
    ratings = ratings.solved(items)
    closeness = _closeness_of_near(items, np.asarray(ratings.item_index)[liked], targets)
    shares = contributions(items, ratings, targets)[liked]
    speaks = (closeness > 0) & (shares >= 0)
    without = _without(items, ratings, targets, liked, speaks & (shares >= SMALLEST_EFFECT))
    moves = _predictions(items, ratings, targets) - without >= SMALLEST_EFFECT  # False for NaN

    def reason(row: int, column: int) -> Reason:
        share, instead = float(shares[row, column]), float(without[row, column])
        if moves[row, column]:
            return Reason(int(liked[row]), ReasonKind.STARS, share, instead)
        return Reason(int(liked[row]), ReasonKind.AUDIENCE, share, None)

    found = []
    for column in range(targets.size):
        order = np.lexsort((-closeness[:, column], ~moves[:, column]))
        rows = order[speaks[order, column]][:n].tolist()
        found.append([reason(row, column) for row in rows])
    return found


def _liked(ratings: UserRatings) -> Int64:
    """Places of the ratings of what the user liked."""
    stars = np.asarray(ratings.stars, np.float64)
    return np.flatnonzero(stars >= max(LIKED, stars.mean() if stars.size else 0.0))


def _closeness_of_near(items: ItemFactors, index: Int64, targets: Int64) -> Float32:
    """(n, m) the cosine of each item at index with each target; 0 unless near."""
    is_known = items.n_ratings >= RATINGS_TO_BE_LIFTED
    known = np.flatnonzero(is_known)
    spaced = np.linspace(0, known.size - 1, min(known.size, _SAMPLE))
    sample = known[spaced.astype(np.int64)]
    near_share = max(NEAR_SHARE, FEWEST_NEAR / max(known.size, 1))
    n_near = min(sample.size, round(near_share * sample.size))
    if not n_near:
        return np.zeros((index.size, targets.size), np.float32)
    towards = _unit_interest(items, targets)
    others = towards @ _unit_interest(items, sample).T
    others[targets[:, None] == sample] = -1.0
    threshold = np.partition(others, -n_near, axis=1)[:, -n_near]
    closeness = _unit_interest(items, index) @ towards.T
    # The last of the nearest is near, however the two products were rounded.
    is_near = (closeness >= threshold - 1e-6) & is_known[index][:, None] & is_known[targets]
    is_near &= index[:, None] != targets
    return np.asarray(np.where(is_near, np.maximum(closeness, 0.0), 0.0), np.float32)


def _unit_interest(items: ItemFactors, index: Int64) -> Float32:
    lengths = np.maximum(items.interest_lengths[index], np.float32(1e-12))
    return np.asarray(items.interest[index] / lengths[:, None], np.float32)


def _without(
    items: ItemFactors, ratings: UserRatings, targets: Int64, liked: Int64, asked: Any
) -> Float64:
    """(n, m) the prediction without each liked rating where `asked`, else NaN."""
    without = np.full(asked.shape, np.nan)
    rows = np.flatnonzero(asked.any(axis=1))
    if rows.size:
        solved = predictions_without_each(items, ratings, targets, liked[rows])
        without[rows] = np.where(asked[rows], solved, np.nan)
    return without


def _predictions(items: ItemFactors, ratings: UserRatings, targets: Int64) -> Float64:
    """(m,) predicted stars, not clipped."""
    solution = ratings.solve(items)
    bias = items.global_mean + solution.mean_user[0] + solution.theta[0]
    vector = solution.prior + solution.theta[1:]
    stars = bias + items.bias[targets] + items.vectors[targets].astype(np.float64) @ vector
    return np.asarray(stars, np.float64)
