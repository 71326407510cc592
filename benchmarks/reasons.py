"""Do the reasons convince? What cards name beside the picks of ml-100k's people.

    python benchmarks/reasons.py             a minute, one core
    python benchmarks/reasons.py --quick     fewer people

Members are in the fit with all their ratings. New people are left out of another fit and known by
their first ratings in time. A first reason convinces if it shares a genre with the pick, or is
co-liked: among the 5 % of movies whose fans (four stars or more) are most like the pick's, by the
cosine of the columns of the ratings themselves, which know nothing of the model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from datasets import ml_100k, ml_100k_genres
from measurements import Measurement, Table, option_parser, report, say

from recommender.core import (
    Factors,
    ItemFactors,
    Ratings,
    UserRatings,
    contributions,
    fit,
    fold_in,
    reasons_for,
    score_items,
    top_n,
)
from recommender.core.evaluation.splits import in_time_order
from recommender.core.explain.reasons import LIKED, ReasonKind

MEMBERS, QUICK_MEMBERS, NEW_PEOPLE = 943, 150, 260
FIRST_RATINGS = (1, 3, 5, 10, 20)
PICKS = 12
FAN_STARS, FEWEST_RATINGS, NEIGHBOURS = 4.0, 3, 0.05
CONVINCING = ">= 0.9"


@dataclass(frozen=True)
class Named:
    """The first reason of one pick: rows of items."""

    pick: int
    reason: int
    kind: str


# For each pick, the place of the rating that is named and what it is called; None names nothing.
Rule = Callable[[ItemFactors, UserRatings, np.ndarray], Sequence[tuple[int, str] | None]]


def ours(
    items: ItemFactors, ratings: UserRatings, picks: np.ndarray
) -> Sequence[tuple[int, str] | None]:
    """what cards name"""
    found = reasons_for(items, ratings, picks)
    return [(why[0].place, why[0].kind) if why else None for why in found]


def largest_share(
    items: ItemFactors, ratings: UserRatings, picks: np.ndarray
) -> Sequence[tuple[int, str] | None]:
    """the largest share in the stars"""
    shares = contributions(items, ratings, picks)
    shares[~_liked(ratings)] = -np.inf
    best = shares.argmax(axis=0).tolist()
    return [
        (place, ReasonKind.STARS) if shares[place, column] > 0 else None
        for column, place in enumerate(best)
    ]


def any_liked(
    items: ItemFactors, ratings: UserRatings, picks: np.ndarray
) -> Sequence[tuple[int, str] | None]:
    """any liked movie"""
    places = np.flatnonzero(_liked(ratings))
    if not places.size:
        return [None] * len(picks)
    drawn = np.random.default_rng(int(picks.sum())).choice(places, len(picks))
    return [(place, ReasonKind.STARS) for place in drawn.tolist()]


def _liked(ratings: UserRatings) -> np.ndarray:
    return np.asarray(ratings.stars >= max(LIKED, ratings.stars.mean()))


class Truth:
    """What is known of movies without the model."""

    def __init__(self, ratings: Ratings, genres: dict[int, frozenset[str]]) -> None:
        self.genres = [genres[movie] for movie in ratings.item_ids.tolist()]
        fans = np.zeros((ratings.n_users, ratings.n_items), np.float32)
        is_fan = ratings.stars >= FAN_STARS
        fans[ratings.user_index[is_fan], ratings.item_index[is_fan]] = 1.0
        lengths = np.sqrt(np.maximum(fans.sum(axis=0), 1.0))
        cosine = fans.T @ fans / lengths / lengths[:, None]
        counts = np.bincount(ratings.item_index, minlength=ratings.n_items)
        cosine[:, counts < FEWEST_RATINGS] = 0.0
        np.fill_diagonal(cosine, 0.0)
        n_near = int(NEIGHBOURS * ratings.n_items)
        threshold = np.partition(cosine, -n_near, axis=1)[:, -n_near]
        self.is_co_liked = (cosine >= threshold[:, None]) & (cosine > 0)

    def shares_genre(self, named: Named) -> bool:
        return bool(self.genres[named.pick] & self.genres[named.reason])

    def co_liked(self, named: Named) -> bool:
        return bool(self.is_co_liked[named.pick, named.reason])


@dataclass(frozen=True)
class Outcome:
    """The first reasons on everybody's page of picks, one list for each page."""

    pages: Sequence[Sequence[Named]]
    n_picks: int

    @property
    def all(self) -> Sequence[Named]:
        return [named for page in self.pages for named in page]

    def share_of_picks(self, kind: str) -> float:
        return sum(named.kind == kind for named in self.all) / self.n_picks

    def share_of_reasons(self, *holds: Callable[[Named], bool]) -> float:
        return sum(any(test(named) for test in holds) for named in self.all) / max(len(self.all), 1)

    @property
    def most_named(self) -> float:
        """Of a page's reasons, how many name the same movie, at most; mean over pages."""
        most = [
            max(Counter(named.reason for named in page).values()) / len(page)
            for page in self.pages
            if len(page) > 1
        ]
        return float(np.mean(most)) if most else 0.0


Person = tuple[UserRatings, np.ndarray]  # what they said, and their picks


def outcome(items: ItemFactors, people: Sequence[Person], rule: Rule) -> Outcome:
    pages = []
    for ratings, picks in people:
        found = zip(picks.tolist(), rule(items, ratings, picks), strict=True)
        pages.append([Named(p, int(ratings.item_index[w[0]]), w[1]) for p, w in found if w])
    return Outcome(pages, sum(picks.size for _, picks in people))


def _person(items: ItemFactors, ratings: UserRatings) -> Person:
    user = fold_in(items, **ratings.arguments())
    return ratings, top_n(score_items(items, user), PICKS, exclude=ratings.item_index)


def members(factors: Factors, n: int) -> list[Person]:
    given, rows = factors.ratings, in_time_order(factors.ratings)
    people = np.random.default_rng(42).permutation(given.n_users)[:n]
    return [
        _person(
            factors.items,
            UserRatings(
                given.item_index[rows[user]],
                given.stars[rows[user]],
                np.ones(rows[user].size, bool),
                factors.user_implicit[user],
            ),
        )
        for user in people
    ]


def new_people(items: ItemFactors, unseen: Ratings, n_given: int) -> list[Person]:
    firsts = (rows[:n_given] for rows in in_time_order(unseen) if rows.size)
    return [
        _person(items, UserRatings(unseen.item_index[rows], unseen.stars[rows])) for rows in firsts
    ]


def groups(ratings: Ratings, quick: bool) -> Iterator[tuple[str, ItemFactors, list[Person]]]:
    say("fitting with everybody")
    factors = fit(ratings, seed=0, n_threads=1)
    yield "members", factors.items, members(factors, QUICK_MEMBERS if quick else MEMBERS)
    say("fitting without the new people")
    left_out = np.random.default_rng(42).permutation(ratings.n_users)[:NEW_PEOPLE]
    is_new = np.isin(ratings.user_index, left_out)
    items = fit(ratings.take(~is_new), seed=0, n_threads=1).items
    for n_given in FIRST_RATINGS[-1:] if quick else FIRST_RATINGS:
        found = new_people(items, ratings.take(is_new), n_given)
        yield f"new people, {n_given} ratings", items, found


def main() -> int:
    options = option_parser(__doc__, quick="fewer people").parse_args()
    ratings = ml_100k(options.data_dir)
    truth = Truth(ratings, ml_100k_genres(options.data_dir))
    rows, measurements = [], []
    for who, items, people in groups(ratings, options.quick):
        for rule in (ours, largest_share, any_liked):
            found = outcome(items, people, rule)
            of_picks = [found.share_of_picks(kind) for kind in ReasonKind]
            convinces = found.share_of_reasons(truth.shares_genre, truth.co_liked)
            shares = [
                *of_picks,
                1.0 - sum(of_picks),
                found.share_of_reasons(truth.shares_genre),
                found.share_of_reasons(truth.co_liked),
                convinces,
                found.most_named,
            ]
            rows.append([who, str(rule.__doc__), *(f"{share:.3f}" for share in shares)])
            if rule is ours:
                measurements += _measurements(who, shares)
    columns = ["who", "rule", "stars", "audience", "none", "genre", "co-liked", "either", "same"]
    title = (
        "Picks by what their first reason says (stars, audience, none); first reasons that share a"
        " genre with the pick, are co-liked, or either; most frequent movie's share of a page"
    )
    return report(options, "reasons", [Table(title, columns, rows)], measurements)


def _measurements(who: str, shares: Sequence[float]) -> Iterator[Measurement]:
    stars, audience, none, *_, convinces, _ = shares
    where = f"ml-100k, {who}"
    yield Measurement(
        f"{where}: first reasons of one genre or co-liked", convinces, "share", CONVINCING
    )
    yield Measurement(f"{where}: picks with a reason for the stars", stars, "share")
    yield Measurement(f"{where}: picks with a movie of the same audience", audience, "share")
    yield Measurement(f"{where}: picks without a reason", none, "share")


if __name__ == "__main__":
    raise SystemExit(main())
