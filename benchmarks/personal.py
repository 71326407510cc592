"""Lists of new people, by several yardsticks and beside the lists of version 0.2.

    python benchmarks/personal.py            six minutes, one core
    python benchmarks/personal.py --quick    a third of the people

Two sets of real ratings; people with at least 40 ratings are left out of the fit and served from
their first n, in time order and at random. Hits are looked for in what they rated after their 20th.
The settings of new users were chosen on other people and another fit than these.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from datasets import ml_100k, older_latest_small
from measurements import Measurement, Table, option_parser, report, say

from recommender.core import ItemFactors, Ratings, fit, fold_in, score_items, similar_items, top_n
from recommender.core.boldness import BOLDNESS_STOPS
from recommender.core.evaluation import splits
from recommender.core.evaluation.list_yardsticks import (
    ListYardsticks,
    Person,
    PersonScores,
    Setting,
    Told,
    folded_in,
    list_yardsticks,
    page_as_shown,
    people_with_history,
    places_fallen,
    printed_stars,
)
from recommender.core.evaluation.metrics import ndcg
from recommender.core.factors import Factors, UserVector

GIVEN = (1, 3, 5, 10, 20)
HISTORY = 40
# The people of the first part of this order served for choosing the settings.
DRAW_SEED, FIT_SEED = 7, 2
STAR_WARS, ITS_SEQUELS = 50, (172, 181)  # ids of ml-100k
OVERLAP_BARS = {1: ("<= 0.82", "<= 0.78"), 5: ("<= 0.58", "<= 0.50"), 10: ("<= 0.45", "<= 0.47")}


@dataclass(frozen=True)
class RatingSet:
    name: str
    read: Callable[[argparse.Namespace], Ratings]
    lowest: float
    n_chosen_with: int  # people of the draw who served for choosing
    n_people: int
    ndcg_bars: dict[str, dict[int, str]]  # by order and n, as a multiple of the former lists


SETS = (
    RatingSet(
        "ml-100k",
        lambda options: ml_100k(options.data_dir),
        1.0,
        220,
        425,
        {
            "in time order": dict.fromkeys((1, 3, 5, 10), ">= 0.89") | {20: ">= 0.99"},
            "at random": {1: ">= 1.0", 3: ">= 1.0", 5: ">= 1.08", 10: ">= 1.0"},
        },
    ),
    RatingSet(
        "older latest-small",
        lambda options: older_latest_small(options.data_dir),
        0.5,
        150,
        300,
        {
            "in time order": dict.fromkeys((1, 3, 5, 10), ">= 1.0"),
            "at random": {1: ">= 1.0", 3: ">= 1.0", 5: ">= 1.08", 10: ">= 1.0"},
        },
    ),
)


def main() -> int:
    options = option_parser(__doc__, quick="a third of the people").parse_args()
    measurements: list[Measurement] = []
    rows: list[list[str]] = []
    for of in SETS:
        say(of.name)
        ratings = of.read(options)
        world = World.of(of, ratings, options.quick)
        for in_order, order in ((True, "in time order"), (False, "at random")):
            say(f"  first ratings {order}")
            measurements += _first_ratings(of, world, in_order, order, rows)
        measurements += _one_rating(of, world)
        measurements += _fold_in_time(of, world)
        if of.name == "ml-100k":
            measurements += _star_wars(world)
            measurements += _boldness(ratings)
    columns = ["set, order, list", "n", "NDCG", "IPS", "liked over", "people", "flip", "inverted"]
    title = "NDCG@10; inverse-propensity NDCG@10; liked over disliked; overlaps; inversions"
    return report(options, "personal", [Table(title, columns, rows, n_words=1)], measurements)


@dataclass(frozen=True)
class World:
    """A fit, and people whom it has not seen."""

    items: ItemFactors
    unseen: Ratings
    setting: Setting

    @classmethod
    def of(cls, of: RatingSet, ratings: Ratings, quick: bool) -> World:
        counts = np.bincount(ratings.user_index, minlength=ratings.n_users)
        drawn = np.random.default_rng(DRAW_SEED).permutation(np.flatnonzero(counts >= HISTORY))
        n = of.n_people // 3 if quick else of.n_people
        is_new = np.isin(ratings.user_index, drawn[of.n_chosen_with : of.n_chosen_with + n])
        items = fit(ratings.take(~is_new), seed=FIT_SEED, n_threads=1).items
        near = [similar_items(items, row, 10)[0] for row in range(items.n_items)]
        counts = items.n_ratings.astype(np.float64)
        setting = Setting(counts, nearest=near.__getitem__, lowest=of.lowest)
        return cls(items, ratings.take(is_new), setting)


def former_lists(items: ItemFactors) -> PersonScores:
    """The lists of version 0.2: the own vector and the mean user's mixed by n / (n + 10)."""
    p = items.hyperparameters
    former = replace(items, hyperparameters=replace(p, new_user_until=0)).prepare()

    def score(item_index: np.ndarray, stars: np.ndarray, times: np.ndarray | None) -> np.ndarray:
        n, f = stars.size, items.interest[item_index].astype(np.float64)
        mean = (stars.sum(dtype=np.float64) + 5.0 * items.global_mean) / (n + 5.0)
        targets = np.clip(1.0 + 0.7 * (stars - mean), -1.0, 2.0)
        matrix = 0.3 * items.interest_gram + f.T @ f + 20.0 * np.eye(f.shape[1])
        weight = 10.0 * max(0.0, 1.0 - n / 40.0)
        share = weight / (n + weight)
        interest = (1.0 - share) * np.linalg.solve(matrix, f.T @ targets)
        interest += share * items.mean_interest
        user = fold_in(former, item_index, stars, times=times)
        return score_items(former, replace(user, interest=interest.astype(np.float32)))

    return score


def popularity(items: ItemFactors) -> PersonScores:
    counts = items.n_ratings.astype(np.float32)
    return lambda item_index, stars, times: counts


def _first_ratings(
    of: RatingSet, world: World, in_order: bool, order: str, rows: list[list[str]]
) -> Iterator[Measurement]:
    people = people_with_history(world.unseen, in_order=in_order, seed=FIT_SEED)
    items = world.items
    methods: dict[str, PersonScores] = {
        "ours": folded_in(items),
        "version 0.2": former_lists(items),
        "popularity": popularity(items),
    }
    found = {
        name: list_yardsticks(people, score, world.setting, GIVEN)
        for name, score in methods.items()
    }
    shown = list_yardsticks(
        people,
        methods["ours"],
        world.setting,
        GIVEN,
        printed=printed_stars(items),
        order_page=page_as_shown(items),
    )
    found["ours, as a page shows it"] = shown
    for name, of_method in found.items():
        rows += [_row(f"{of.name}, {order}, {name}", one) for one in of_method]
    where = f"{of.name}, {len(people)} new people, first ratings {order}, n ="
    for ours, former, popular, page in zip(
        found["ours"], found["version 0.2"], found["popularity"], shown, strict=True
    ):
        n = ours.n_given
        after = f"{where} {n}"
        bar = of.ndcg_bars[order].get(n, "")
        yield Measurement(f"{after}: over version 0.2", ours.ndcg / former.ndcg, "x NDCG", bar)
        yield Measurement(f"{after}: over popularity", ours.ndcg / popular.ndcg, "x NDCG", ">= 1.0")
        gain = ours.liked_over_disliked - former.liked_over_disliked
        yield Measurement(f"{after}: liked over disliked, gain", gain, "", ">= 0.01")
        people_bar, flip_bar = OVERLAP_BARS.get(n, ("", ""))
        yield Measurement(f"{after}: two people's top tens", ours.people_overlap, "", people_bar)
        yield Measurement(f"{after}: with its flip", ours.flip_overlap, "", flip_bar)
        yield Measurement(f"{after}: inversions of a page", page.inversions, "", "<= 0")


def _row(name: str, one: ListYardsticks) -> list[str]:
    figures = (
        *(one.ndcg, one.ips_ndcg, one.liked_over_disliked),
        *(one.people_overlap, one.flip_overlap, one.inversions),
    )
    return [name, str(one.n_given), *("" if f is None else f"{f:.4f}" for f in figures)]


def _one_rating(of: RatingSet, world: World) -> Iterator[Measurement]:
    """The ten nearest of a movie that is all a person has rated."""
    items, score = world.items, folded_in(world.items)
    nobody = score(*Told(np.empty(0, np.int64), np.empty(0, np.float32)))
    best_known = np.argsort(-items.n_ratings, kind="stable")[:300]
    for stars, word, sign in ((of.lowest, "fall", 1.0), (5.0, "rise", -1.0)):
        moved = []
        for row in best_known.tolist():
            alone = np.array([row])
            after = score(alone, np.array([stars], np.float32), None)
            near = world.setting.nearest(row)
            moved.append(sign * float(np.median(places_fallen(nobody, after, near, alone))))
        name = f"{of.name}, one rating of {stars:g} stars: median of the ten nearest would {word}"
        yield Measurement(name, float(np.mean(np.array(moved) > 0)), "of movies", ">= 0.95")
        yield Measurement(f"{name} by", statistics.median(moved), "places")


def _star_wars(world: World) -> Iterator[Measurement]:
    items = world.items
    star_wars, *sequels = items.index_of([STAR_WARS, *ITS_SEQUELS]).tolist()
    for stars, bar in ((1.0, "<= 0"), (5.0, "")):
        user = fold_in(items, [star_wars], [stars])
        first = top_n(score_items(items, user), 24, exclude=[star_wars])
        n = int(np.isin(sequels, first).sum())
        yield Measurement(f"Star Wars alone, {stars:g} stars: sequels in the first 24", n, "", bar)


def _fold_in_time(of: RatingSet, world: World) -> Iterator[Measurement]:
    """Against the former fold-in, taking turns."""
    people = people_with_history(world.unseen)[:100]
    items, former = world.items, former_lists(world.items)

    def ours(person: Person) -> None:
        told = person.told
        score_items(items, fold_in(items, told.item_index, told.stars, times=told.times))

    def theirs(person: Person) -> None:
        former(*person.told)

    ratios = []
    for person in people:
        ratios.append(_seconds(ours, person) / _seconds(theirs, person))
    name = f"{of.name}, fold-in and scores after 20 ratings"
    yield Measurement(name, statistics.median(ratios), "x version 0.2", "<= 1.4")


def _seconds(act: Callable[[Person], None], person: Person) -> float:
    start = time.perf_counter()
    for _ in range(5):
        act(person)
    return time.perf_counter() - start


def _boldness(ratings: Ratings) -> Iterator[Measurement]:
    """The five stops, for members: the last fifth of each one's ratings held out."""
    train, test = map(ratings.take, splits.temporal(ratings))
    factors = fit(train, seed=0, n_threads=1)
    items = factors.items
    place = np.empty(items.n_items, np.int64)
    place[np.argsort(-items.n_ratings, kind="stable")] = 1 + np.arange(items.n_items)
    balanced = _pages(factors, 0.0)
    liked = test.take(test.stars >= 4)
    wanted = [liked.item_index[liked.user_index == row] for row in range(ratings.n_users)]
    plain = _mean_ndcg(balanced, wanted)
    for stop in BOLDNESS_STOPS:
        pages = _pages(factors, stop)
        is_last = stop == BOLDNESS_STOPS[-1]
        name = f"ml-100k, boldness {stop:g}"
        rank = statistics.median(float(np.median(place[rows])) for rows in pages)
        yield Measurement(f"{name}: popularity rank", rank, "", ">= 500" if is_last else "")
        shared = statistics.mean(
            float(np.isin(rows, other).sum()) for rows, other in zip(pages, balanced, strict=True)
        )
        bar = "<= 3" if is_last else ""
        yield Measurement(f"{name}: of 12 picks in balanced", shared, "", bar)
        share, bar = _mean_ndcg(pages, wanted) / plain, ">= 0.5" if is_last else ""
        yield Measurement(f"{name}: NDCG@10 over balanced", share, "x", bar)


def _pages(factors: Factors, boldness: float) -> list[np.ndarray]:
    def page(row: int) -> np.ndarray:
        user: UserVector = factors.user_vector(row)
        rated = factors.rated_by(int(factors.user_ids[row]))
        return top_n(score_items(factors.items, user, boldness), 12, exclude=rated)

    return [page(row) for row in range(factors.user_ids.size)]


def _mean_ndcg(pages: list[np.ndarray], wanted: list[np.ndarray]) -> float:
    return statistics.mean(
        ndcg(rows, liked, 10) for rows, liked in zip(pages, wanted, strict=True) if liked.size
    )


if __name__ == "__main__":
    raise SystemExit(main())
