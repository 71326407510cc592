"""Yardsticks of a person's lists beside NDCG: whose list it is, and what a rating does to it.

Each list is made from a person's first n ratings alone, and compared with what they rated later.
Any method can be judged: it is a callable from one person's ratings to the scores of all items.

No figure stands alone. Lists of well-known items get a high NDCG where people were all shown the
same items to rate, and then hardly depend on the person: `people_overlap` and `flip_overlap` tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from recommender.core.evaluation.availability import too_early
from recommender.core.evaluation.metrics import list_overlap, ndcg, rows_by_user
from recommender.core.evaluation.splits import in_time_order
from recommender.core.factors import ItemFactors
from recommender.core.fold_in import fold_in
from recommender.core.ranking import (
    half_steps,
    page_order,
    predicted_stars,
    score_items,
    similar_items,
    top_n,
)
from recommender.core.ratings import (
    HIGHEST_STARS,
    LOWEST_STARS,
    Float32,
    Float64,
    Int64,
    Ratings,
)

LIKED = 4.0  # stars from which a later rating is a hit
DISLIKED = 2.0  # stars up to which a later rating is a disappointment
N_GIVEN = (1, 5, 10, 20)
_LIST, _PAGE = 10, 12
_PROPENSITY_POWER = 0.5


class Told(NamedTuple):
    """What a person has told so far, oldest first."""

    item_index: Int64
    stars: Float32
    times: Float64 | None = None  # None: in no order of time

    def first(self, n: int) -> Told:
        times = None if self.times is None else self.times[:n]
        return Told(self.item_index[:n], self.stars[:n], times)

    def with_stars(self, stars: Any) -> Told:
        return self._replace(stars=np.asarray(stars, np.float32))


# (item_index, stars, times or None) of one person, oldest first -> (n_items,)
PersonScores = Callable[[Int64, Float32, Float64 | None], Float32]


@dataclass(frozen=True)
class Person:
    """The ratings a person may tell, and those that came after."""

    told: Told
    later: Told


def people_with_history(
    ratings: Ratings, n_told: int = 20, *, in_order: bool = True, seed: int = 0
) -> list[Person]:
    """Everybody with at least 2 x n_told ratings; the first n_told may be told.

    in_order: as they were rated, else in random order and without times.
    """
    rng = np.random.default_rng(seed)
    people = []
    for rows in in_time_order(ratings) if in_order else rows_by_user(ratings):
        if rows.size < 2 * n_told:
            continue
        drawn = rows if in_order else rng.permutation(rows)
        people.append(
            Person(*(_told(ratings, part, in_order) for part in np.split(drawn, [n_told])))
        )
    return people


def _told(ratings: Ratings, rows: Int64, in_order: bool) -> Told:
    times = ratings.times[rows] if in_order and ratings.times is not None else None
    return Told(ratings.item_index[rows].astype(np.int64), ratings.stars[rows], times)


def folded_in(items: ItemFactors, boldness: float = 0.0) -> PersonScores:
    """The model's scores for somebody outside the fit, as on a live page."""

    def score(item_index: Int64, stars: Float32, times: Float64 | None) -> Float32:
        return score_items(items, fold_in(items, item_index, stars, times=times), boldness)

    return score


def printed_stars(items: ItemFactors) -> PersonScores:
    """The model's predicted stars as cards print them."""

    def stars_of(item_index: Int64, stars: Float32, times: Float64 | None) -> Float32:
        user = fold_in(items, item_index, stars, times=times)
        return half_steps(predicted_stars(items, user))

    return stars_of


def page_as_shown(items: ItemFactors) -> Callable[[Told, Int64], Int64]:
    """How a page orders the best rows for somebody who told these ratings."""

    def ordered(told: Told, rows: Int64) -> Int64:
        user = fold_in(items, told.item_index, told.stars, times=told.times)
        return rows[page_order(predicted_stars(items, user, rows))]

    return ordered


def nearest_items(items: ItemFactors, n: int = 10) -> Callable[[int], Int64]:
    """The n items nearest to one, by interest."""
    return lambda item: similar_items(items, item, n)[0]


def inverse_propensity(counts: Any, power: float = _PROPENSITY_POWER) -> Float64:
    """(n_items,) weight of a hit: 1 / propensity, propensity = (n_i / max n)^power.

    Well-known items are rated, and so found among later ratings, for being well known (Saito et
    al., WSDM 2020). Items nobody rated weigh as much as those rated once.
    """
    known = np.maximum(np.asarray(counts, np.float64), 1.0)
    return np.asarray((known.max(initial=1.0) / known) ** power)


def weighted_ndcg(ranked: Any, relevant: Any, weights: Float64, n: int) -> float:
    """NDCG of which a hit counts `weights[item]`; the perfect list has the heaviest first."""
    rows, wanted = np.asarray(ranked, np.int64)[:n], np.asarray(relevant, np.int64)
    if not wanted.size:
        return 0.0
    discounts = 1.0 / np.log2(np.arange(2, n + 2))
    gains = np.where(np.isin(rows, wanted), weights[rows], 0.0)
    best = np.sort(weights[wanted])[::-1][:n]
    return float(gains @ discounts[: gains.size] / (best @ discounts[: best.size]))


def liked_over_disliked(scores: Any, liked: Any, disliked: Any) -> float:
    """Share of (liked, disliked) pairs of items in the right order, ties half; NaN without any."""
    values = np.asarray(scores, np.float64)
    above, below = values[np.asarray(liked, np.int64)], values[np.asarray(disliked, np.int64)]
    if not above.size or not below.size:
        return float("nan")
    wins = (above[:, None] > below).mean() + 0.5 * (above[:, None] == below).mean()
    return float(wins)


def people_overlap(lists: Sequence[Int64], n: int = _LIST) -> float:
    """Mean share of the n places that two different people's lists have in common."""
    n_people = len(lists)
    if n_people < 2:
        return float("nan")
    shown = np.concatenate([rows[:n] for rows in lists])
    counts = np.unique(shown, return_counts=True)[1].astype(np.float64)
    return float((counts * (counts - 1)).sum() / (n_people * (n_people - 1) * n))


def upside_down(
    stars: Any, lowest: float = LOWEST_STARS, highest: float = HIGHEST_STARS
) -> Float32:
    """Five stars become half a star and half a star five."""
    return np.asarray(lowest + highest - np.asarray(stars), np.float32)


def places_fallen(before: Any, after: Any, rows: Any, exclude: Any = ()) -> Float64:
    """How many places each item at `rows` fell from one order to the other; below 0: rose.

    Ties share the middle of their places. Items in `exclude` take none.
    """
    return _places(after, rows, exclude) - _places(before, rows, exclude)


def _places(scores: Any, rows: Any, exclude: Any) -> Float64:
    values = np.asarray(scores, np.float64)
    asked = values[np.asarray(rows, np.int64)]
    ranked = np.delete(values, np.asarray(exclude, np.int64))
    ahead = [(np.count_nonzero(ranked > one), np.count_nonzero(ranked == one)) for one in asked]
    return np.array([higher + same / 2 for higher, same in ahead], np.float64)


def inversions(printed: Any, tolerance: float = 0.0) -> float:
    """Share of pairs of a page of which the later has over `tolerance` more stars printed."""
    stars = np.asarray(printed, np.float64)
    first, second = np.triu_indices(stars.size, 1)
    if not first.size:
        return 0.0
    # Printed numbers are decimal fractions, which are not exact in binary.
    return float(np.mean(stars[second] - stars[first] > tolerance + 1e-6))


def shown_too_early(rows: Any, moment: float, first_rated: Float64) -> int:
    """How many of the items listed at `moment` nobody had rated before."""
    return int(np.count_nonzero(too_early(first_rated[np.asarray(rows, np.int64)], moment)))


@dataclass(frozen=True)
class ListYardsticks:
    """All yardsticks of one method after so many ratings; None where it cannot be told."""

    n_given: int
    n_people: int
    ndcg: float | None  # over people who liked something later
    ips_ndcg: float | None  # the same, hits weighted by inverse propensity
    liked_over_disliked: float | None  # .5 is chance
    people_overlap: float | None  # of two people's top tens
    flip_overlap: float | None  # of a top ten with that of the same ratings turned upside down
    # Of the ten nearest items of a movie, once it got the lowest stars:
    neighbours_falling: float | None  # the share that falls
    neighbours_median_fall: float | None  # in places
    inversions: float | None  # pairs on a page that the printed stars contradict

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Setting:
    """What all methods are measured with."""

    counts: Float64  # (n_items,) training ratings
    nearest: Callable[[int], Int64] | None = None  # the same neighbours for every method
    first_rated: Float64 | None = None  # (n_items,) seconds; no list shows what came later
    lowest: float = LOWEST_STARS  # of the data's scale
    highest: float = HIGHEST_STARS
    liked: float = LIKED
    disliked: float = DISLIKED
    n: int = _LIST
    page: int = _PAGE


def list_yardsticks(
    people: Sequence[Person],
    score: PersonScores,
    setting: Setting,
    given: Sequence[int] = N_GIVEN,
    *,
    printed: PersonScores | None = None,
    order_page: Callable[[Told, Int64], Int64] | None = None,
) -> list[ListYardsticks]:
    """One row for each number of ratings told.

    printed: stars as the page prints them. order_page: from what a person told and the best rows
    of a page to their order on it, where that is not simply by score.

    Hits are looked for in a list without anything that a person told or might have told, so that
    all rows rank the same items. The other figures are of the list as a page shows it, where only
    what was told is left out.
    """
    weights = inverse_propensity(setting.counts)
    rows = []
    for n_given in given:
        measured = [
            _measure(person, score, setting, weights, n_given, printed, order_page)
            for person in people
        ]
        rows.append(_row(n_given, measured, setting.n))
    return rows


class _Measured(NamedTuple):
    shown: Int64
    ndcg: float
    ips_ndcg: float
    liked_over_disliked: float
    flip_overlap: float
    fallen: Float64
    inversions: float


def _measure(
    person: Person,
    score: PersonScores,
    setting: Setting,
    weights: Float64,
    n_given: int,
    printed: PersonScores | None,
    order_page: Callable[[Told, Int64], Int64] | None,
) -> _Measured:
    told, later = person.told.first(n_given), person.later
    unavailable = _unavailable(later, setting)

    def page(of: Told, scores: Float32, exclude: Int64) -> Int64:
        rows = top_n(scores, setting.page, exclude=np.append(exclude, unavailable))
        return rows if order_page is None else order_page(of, rows)

    scores = score(*told)
    flipped = told.with_stars(upside_down(told.stars, setting.lowest, setting.highest))
    own = page(told, scores, told.item_index)
    other = page(flipped, score(*flipped), told.item_index)
    ranked = page(told, scores, person.told.item_index)
    n = setting.n
    liked = later.item_index[later.stars >= setting.liked]
    disliked = later.item_index[later.stars <= setting.disliked]
    nothing = float("nan")
    return _Measured(
        shown=own[:n],
        ndcg=ndcg(ranked, liked, n) if liked.size else nothing,
        ips_ndcg=weighted_ndcg(ranked, liked, weights, n) if liked.size else nothing,
        liked_over_disliked=liked_over_disliked(scores, liked, disliked),
        flip_overlap=list_overlap([own[:n]], [other[:n]]),
        fallen=fall_of_neighbours(told, score, setting, setting.lowest),
        inversions=nothing if printed is None else inversions(printed(*told)[own]),
    )


def _unavailable(later: Told, setting: Setting) -> Int64:
    """Rows of the items that nobody had rated before the list is made."""
    if setting.first_rated is None or later.times is None:
        return np.empty(0, np.int64)
    return np.flatnonzero(too_early(setting.first_rated, float(later.times[0])))


def fall_of_neighbours(told: Told, score: PersonScores, setting: Setting, stars: float) -> Float64:
    """Places that the nearest items of the last movie told fall when it gets so many stars.

    Compared with the list before that rating; below 0: they rose.
    """
    if setting.nearest is None or not told.item_index.size:
        return np.empty(0)
    before = told.first(told.item_index.size - 1)
    after = told.with_stars(np.append(before.stars, stars))
    near = np.setdiff1d(setting.nearest(int(told.item_index[-1])), told.item_index)
    return places_fallen(score(*before), score(*after), near, exclude=told.item_index)


def _row(n_given: int, measured: Sequence[_Measured], n: int) -> ListYardsticks:
    fallen = np.concatenate([np.empty(0), *(one.fallen for one in measured)])
    return ListYardsticks(
        n_given=n_given,
        n_people=len(measured),
        ndcg=_mean([one.ndcg for one in measured]),
        ips_ndcg=_mean([one.ips_ndcg for one in measured]),
        liked_over_disliked=_mean([one.liked_over_disliked for one in measured]),
        people_overlap=_mean([people_overlap([one.shown for one in measured], n)]),
        flip_overlap=_mean([one.flip_overlap for one in measured]),
        neighbours_falling=_mean(fallen > 0),
        neighbours_median_fall=float(np.median(fallen)) if fallen.size else None,
        inversions=_mean([one.inversions for one in measured]),
    )


def _mean(values: Any) -> float | None:
    """Over those that can be told."""
    known = np.asarray(values, np.float64)
    known = known[~np.isnan(known)]
    return float(known.mean()) if known.size else None
