"""Do movie groups and chosen questions serve a new user better than asking about popular movies?

    python -m benchmarks.onboarding [ml-100k or its zip] [--worlds 4] [--half reporting] [--json]

Each world leaves 260 users with at least 40 ratings out of a fit. A random half of each user's
ratings are those they can answer: a card is a movie shown, and it is answered if it is among them.
The other half is predicted and ranked after five answers (or none). Every choice in the code was
made on one half of each world's users ("choosing"); quote the figures of the other half
("reporting").

Simulated users pick three groups
  exact     by their taste: the groups that all their answerable ratings point to
  noisy     by their taste with probability .7, otherwise any group
  posters   by how many of the movies shown they have seen and liked
  five      by five movies of theirs that come to mind
  random    at random
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from movies.imports.dataset import Meter, SourceError
from movies.imports.sources import open_source
from recommender.core import Ratings, fit, fold_in, predicted_stars, score_items, top_n
from recommender.core.evaluation.metrics import ndcg
from recommender.core.onboarding.item_clusters import cluster_affinity, cluster_items
from recommender.core.onboarding.next_question import Questions
from recommender.core.onboarding.prior_from_answers import prior_from_answers, with_prior

CACHE = Path(__file__).parent.parent / "var" / "datasets"
COLD, LEAST_RATINGS, MOST_CARDS, ANSWERS, PICKS = 260, 40, 150, 5, 3
KNOWS_OWN_TASTE = 0.7
HALVES = {"choosing": 0, "reporting": 1}


@dataclass(frozen=True)
class Person:
    can_answer: np.ndarray  # rows of items
    answers: np.ndarray  # stars
    test: np.ndarray  # rows of items
    test_stars: np.ndarray
    seed: int


class World:
    """A fit without some users, and these users."""

    def __init__(self, ratings: Ratings, seed: int, half: int) -> None:
        rng = np.random.default_rng(seed)
        counts = np.bincount(ratings.user_index, minlength=ratings.n_users)
        cold = rng.permutation(np.flatnonzero(counts >= LEAST_RATINGS))[:COLD]
        factors = fit(ratings.take(~np.isin(ratings.user_index, cold)), seed=seed)
        self.items, self.known_people = factors.items, factors.user_interest
        self.groups = cluster_items(self.items, factors.user_interest)
        self.questions = Questions.about(self.items, self.groups.interest_covariance)
        self.by_popularity = np.argsort(-self.items.n_ratings, kind="stable")
        self.people = [_person(ratings, user, rng) for user in cold][half::2]


def _person(ratings: Ratings, user: int, rng: np.random.Generator) -> Person:
    own = ratings.take(rng.permutation(np.flatnonzero(ratings.user_index == user)))
    cut = len(own) // 2
    items, stars = own.item_index, own.stars
    seed = int(rng.integers(2**31))
    return Person(items[:cut], stars[:cut], items[cut:], stars[cut:], seed)


# --- Picking groups -------------------------------------------------------------------------------

Pick = Callable[[World, Person, np.random.Generator], np.ndarray]


def _by_taste(world: World, items: np.ndarray, stars: np.ndarray) -> np.ndarray:
    taste = fold_in(world.items, items, stars).interest
    drawn = cluster_affinity(taste[None], world.known_people, world.groups.centres)[0]
    return np.argsort(-drawn, kind="stable")[:PICKS]


def exact(world: World, person: Person, rng: np.random.Generator) -> np.ndarray:
    return _by_taste(world, person.can_answer, person.answers)


def noisy(world: World, person: Person, rng: np.random.Generator) -> np.ndarray:
    right = exact(world, person, rng)
    other = rng.integers(len(world.groups), size=right.size)
    return np.unique(np.where(rng.random(right.size) < KNOWS_OWN_TASTE, right, other))


def posters(world: World, person: Person, rng: np.random.Generator) -> np.ndarray:
    stars = np.full(world.items.n_items, np.nan)
    stars[person.can_answer] = person.answers
    liked = [np.nansum(1 + (stars[shown] - 3.5) / 2) for shown in world.groups.shown]
    return np.argsort(-(np.array(liked) + rng.random(len(liked)) / 10))[:PICKS]


def five(world: World, person: Person, rng: np.random.Generator) -> np.ndarray:
    some = rng.permutation(person.can_answer.size)[:5]
    return _by_taste(world, person.can_answer[some], person.answers[some])


def at_random(world: World, person: Person, rng: np.random.Generator) -> np.ndarray:
    return rng.permutation(len(world.groups))[:PICKS]


# --- Asking questions -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Policy:
    name: str
    pick: Pick | None = None
    asks: str = "ours"  # or "popular", "favourites"
    n: int = ANSWERS


POLICIES = (
    Policy("nothing said", n=0),
    *(Policy(f"most popular, {n} answers", asks="popular", n=n) for n in (5, 6, 7, 10)),
    Policy("no groups, our questions, 5"),
    Policy("5 favourites named, no stars", asks="favourites"),
    *(
        policy
        for pick in (exact, noisy, posters, five, at_random)
        for policy in (
            Policy(f"groups {pick.__name__}, no answer", pick, n=0),
            Policy(f"groups {pick.__name__}, 5 answers", pick),
        )
    ),
)


@dataclass(frozen=True)
class Outcome:
    """One user's result under one policy."""

    square_error: float  # summed over the test ratings
    n_test: int
    ndcg: float
    cards: int


def _cards(
    world: World, person: Person, policy: Policy, start: np.ndarray
) -> Iterator[tuple[int, bool]]:
    can_answer = set(person.can_answer.tolist())
    if policy.asks == "popular":
        yield from ((int(row), int(row) in can_answer) for row in world.by_popularity[:MOST_CARDS])
        return
    seen: list[int] = []
    unseen: list[int] = []
    for _ in range(MOST_CARDS):
        row = int(world.questions.next(start, seen, seen, unseen, ())[0])
        (seen if row in can_answer else unseen).append(row)
        yield row, row in can_answer


def play(world: World, person: Person, policy: Policy) -> Outcome:
    rng = np.random.default_rng(person.seed)
    picked = policy.pick(world, person, rng) if policy.pick else np.empty(0, np.int64)
    shown = np.concatenate([np.empty(0, np.int64), *(world.groups.shown[g] for g in picked)])
    favourites = person.can_answer[np.argsort(-person.answers, kind="stable")[:5]]
    named = favourites if policy.asks == "favourites" else ()
    start = prior_from_answers(world.items, world.groups, shown, named)
    answered, cards = [], 0
    if policy.n and policy.asks != "favourites":
        for row, is_seen in _cards(world, person, policy, start.interest):
            cards += 1
            if is_seen:
                answered.append(row)
            if len(answered) == policy.n:
                break
    items = np.array(answered, np.int64)
    stars = np.zeros(world.items.n_items, np.float32)
    stars[person.can_answer] = person.answers
    user = fold_in(world.items, items, stars[items])
    user = with_prior(world.items, user, items, stars[items], start)
    errors = np.clip(predicted_stars(world.items, user, person.test), 0.5, 5) - person.test_stars
    listed = top_n(score_items(world.items, user), 10, exclude=person.can_answer)
    wanted = person.test[person.test_stars >= 4]
    return Outcome(float(errors @ errors), errors.size, ndcg(listed, wanted, 10), cards)


# --- Results --------------------------------------------------------------------------------------


class Report:
    """The results of all users of all worlds under one policy."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        columns = [(o.square_error, o.n_test, o.ndcg, o.cards) for o in outcomes]
        self.errors, self.n, self.ndcgs, self.cards = np.array(columns).T
        self.rmse = float(np.sqrt(self.errors.sum() / self.n.sum()))
        self.ndcg = float(self.ndcgs.mean())

    def rmse_above(self, other: Report) -> tuple[float, float]:
        """Difference in RMSE and its standard error, with users as the sampling unit."""
        scale = (self.rmse + other.rmse) * self.n.sum()
        change = self.errors - other.errors
        share = change - self.n * change.sum() / self.n.sum()
        return self.rmse - other.rmse, float(np.sqrt(share @ share) / scale)

    def ndcg_above(self, other: Report) -> tuple[float, float]:
        change = self.ndcgs - other.ndcgs
        return float(change.mean()), float(change.std(ddof=1) / np.sqrt(change.size))


def _say(policy: Policy, reports: dict[str, Report]) -> None:
    report = reports[policy.name]
    stars = report.rmse_above(reports["most popular, 6 answers"])
    lists = report.ndcg_above(reports["most popular, 7 answers"])
    print(
        f"{policy.name:30} {report.rmse:7.4f} {stars[0]:+7.4f} ±{stars[1]:.4f}"
        f" {report.ndcg:7.4f} {lists[0]:+7.4f} ±{lists[1]:.4f}"
        f" {np.median(report.cards):6.0f} {report.cards.mean():6.1f}",
        flush=True,
    )


def bars(reports: dict[str, Report]) -> list[dict]:
    popular = {n: reports[f"most popular, {n} answers"] for n in (5, 6, 7)}
    rows = []
    for who in (exact.__name__, noisy.__name__):
        ours = reports[f"groups {who}, 5 answers"]
        median = float(np.median(ours.cards) / np.median(popular[5].cards))
        mean = float(ours.cards.mean() / popular[5].cards.mean())
        for name, value, unit, bar, ok in (
            ("RMSE above 6 popular", ours.rmse - popular[6].rmse, "stars", 0.0, None),
            ("NDCG@10 above 7 popular", ours.ndcg - popular[7].ndcg, "", 0.0, "more"),
            ("median cards, of 5 popular", median, "share", 2 / 3, None),
            ("mean cards, of 5 popular", mean, "share", 2 / 3, None),
        ):
            met = value >= bar if ok == "more" else value <= bar
            row = {"name": f"groups {who}: {name}", "value": round(value, 4), "unit": unit}
            rows.append({**row, "bar": round(bar, 4), "ok": bool(met)})
    return rows


def read(source: str) -> Ratings:
    CACHE.mkdir(parents=True, exist_ok=True)
    try:
        lines = list(open_source(source, CACHE).read_ratings(lambda reject: None, Meter(0)))
    except SourceError as error:
        raise SystemExit(f"No ratings: {error}") from None
    _, users, items, half_stars, seconds = np.array(lines, np.int64).T
    return Ratings.from_triples(users, items, half_stars / 2, times=seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", nargs="?", default="ml-100k")
    parser.add_argument("--worlds", type=int, default=4)
    parser.add_argument("--half", choices=HALVES, default="reporting")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    ratings = read(options.source)
    worlds = []
    for seed in range(options.worlds):
        print(f"fitting world {seed + 1} of {options.worlds}", file=sys.stderr)
        worlds.append(World(ratings, seed, HALVES[options.half]))
    reports: dict[str, Report] = {}
    began = time.perf_counter()
    for policy in POLICIES:
        played = [play(world, person, policy) for world in worlds for person in world.people]
        reports[policy.name] = Report(played)
    if options.json:
        print(json.dumps(bars(reports), indent=2))
        return
    people = sum(len(world.people) for world in worlds)
    cards = sum(report.cards.sum() for report in reports.values())
    print(
        f"{people} users of {options.worlds} worlds, {options.half} half; ± is one standard error"
    )
    print(
        f"{'':30} {'RMSE':>7} {'above 6 popular':>16} {'NDCG':>7} {'above 7 popular':>16}", end=""
    )
    print(f" {'cards, median / mean':>13}")
    for policy in POLICIES:
        _say(policy, reports)
    print(f"{1000 * (time.perf_counter() - began) / cards:.1f} ms a card, all included")
    for row in bars(reports):
        print(
            f"{'met ' if row['ok'] else 'MISSED'} {row['name']}: {row['value']} (bar {row['bar']})"
        )


if __name__ == "__main__":
    main()
