"""The tiny fit of the page: which one the address asks for, and how it stands after an epoch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from movies.stars import to_half_stars, to_stars
from recommender.core.ratings import Float64
from recommender.core.tiny_fit import TinyFit, TinySchedule, fit_tiny, step
from recommender.lesson.example import dot_product
from recommender.lesson.tables import MOVIES, PEOPLE, TABLES, TinyTable

SCHEDULE = TinySchedule()
OWN = "own"
LAST_SEED = 999
FEWEST_RATINGS = 5


@dataclass(frozen=True)
class Asked:
    """What the address asks for; with a `problem` what made no sense is as on the plain page."""

    table: TinyTable
    seed: int
    epoch: int
    problem: str = ""

    @property
    def query(self) -> list[tuple[str, str]]:
        """What of the address says which fit it is, but for the epoch."""
        pairs = [("table", self.table.key)]
        if self.table.key == OWN:
            pairs += [
                ("r", "" if np.isnan(r) else f"{r:g}") for row in self.table.rows for r in row
            ]
        return [*pairs, ("seed", str(self.seed))]


def params_from(query: QueryDict) -> Asked:
    problems: list[str] = []
    table = _table(query, problems)
    seed = _whole(query.get("seed", ""), table.seed, 1, LAST_SEED)
    if seed is None:
        problems.append(_("A start is a whole number from 1 to %(last)d.") % {"last": LAST_SEED})
    epoch = _whole(query.get("epoch", ""), 0, 0, SCHEDULE.n_epochs)
    if epoch is None:
        problems.append(
            _("Epochs go from 0 to %(last)d; this is the start.") % {"last": SCHEDULE.n_epochs}
        )
    return Asked(table, seed or table.seed, epoch or 0, " ".join(problems))


def _table(query: QueryDict, problems: list[str]) -> TinyTable:
    first = next(iter(TABLES.values()))
    key = query.get("table", first.key)
    if key in TABLES:
        return TABLES[key]
    if key != OWN:
        problems.append(_("There is no such table; this is the first one."))
        return first
    try:
        rows = _rows(query.getlist("r"))
    except ValueError as error:
        problems.append(str(error))
        return first
    about = _("Your own table. Change a rating, or empty a cell, and learn again.")
    return TinyTable(OWN, _("Your own"), about, first.seed, rows)


def _rows(texts: Sequence[str]) -> list[list[float]]:
    try:
        stars = [to_stars(to_half_stars(text)) if text.strip() else np.nan for text in texts]
    except ValueError:
        raise ValueError(
            _("A rating is ½ to 5 stars in steps of a half, or an empty cell. "
              "This is the first table again.")
        ) from None  # fmt: skip
    if len(stars) != len(PEOPLE) * len(MOVIES):
        raise ValueError(_("The table has 25 cells. This is the first one again."))
    if np.isfinite(stars).sum() < FEWEST_RATINGS:
        raise ValueError(
            ngettext(
                "There is too little to learn from less than %(n)d rating. "
                "This is the first table again.",
                "There is too little to learn from less than %(n)d ratings. "
                "This is the first table again.",
                FEWEST_RATINGS,
            )
            % {"n": FEWEST_RATINGS}
        )
    width = len(MOVIES)
    return [stars[k : k + width] for k in range(0, len(stars), width)]


def _whole(text: str, otherwise: int, lowest: int, highest: int) -> int | None:
    """None for what is no whole number between the two."""
    if not text:
        return otherwise
    if not re.fullmatch("[0-9]{1,4}", text):
        return None
    number = int(text)
    return number if lowest <= number <= highest else None


@dataclass(frozen=True)
class Cell:
    person: str
    movie: str
    stars: float | None  # None: not rated
    predicted: float

    @property
    def off(self) -> int | None:
        """How far off, in steps of half a star, 4 for two stars and more; None for a gap."""
        if self.stars is None:
            return None
        return min(4, int(2 * abs(self.stars - self.predicted)))


@dataclass(frozen=True)
class Sum:
    """One prediction with pencil and paper."""

    person: str
    movie: str
    mean: Decimal
    pairs: Sequence[tuple[Decimal, Decimal, Decimal]]  # theirs, its, product
    total: Decimal
    stars: float | None


@dataclass(frozen=True)
class FirstStep:
    """The very first step, worked out in decimals."""

    sum: Sum
    error: Decimal
    before: Decimal  # the person's first number
    partner: Decimal  # the movie's first number
    after: float


class Watched:
    """A tiny fit as it stands after the epoch asked for, in the numbers that are written."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.epoch = asked, asked.epoch
        self.table = asked.table.stars
        self.learned: TinyFit = fit_tiny(self.table, asked.seed, SCHEDULE)
        self.fit = self.learned.rounded()
        self.schedule = SCHEDULE

    @cached_property
    def rmse(self) -> Float64:
        return self.fit.rmse(self.table)

    @property
    def error(self) -> float:
        return float(self.rmse[self.epoch])

    @property
    def last_error(self) -> float:
        return float(self.rmse[-1])

    @cached_property
    def of_the_mean(self) -> float:
        """The error of saying the mean each time."""
        return float(np.sqrt(np.nanmean((self.table - self.fit.global_mean) ** 2)))

    @property
    def n_ratings(self) -> int:
        return int(np.isfinite(self.table).sum())

    @property
    def rows(self) -> list[tuple[str, list[float], list[Cell]]]:
        """For each person the name, the factors, and a cell for each movie."""
        predicted = self.fit.predictions()[self.epoch]
        factors = self.fit.user_factors[self.epoch].tolist()
        return [
            (
                person,
                factors[u],
                [
                    Cell(person, movie, self._stars(u, i), float(predicted[u, i]))
                    for i, movie in enumerate(MOVIES)
                ],
            )
            for u, person in enumerate(PEOPLE)
        ]

    @property
    def movie_factors(self) -> list[list[float]]:
        """(factors, movies)"""
        return self.fit.item_factors[self.epoch].T.tolist()

    @property
    def by_hand(self) -> Sum:
        """The rating of the very first step, as it is predicted now."""
        return self._sum(self.epoch)

    @property
    def first_step(self) -> FirstStep:
        at_start, (u, i) = self._sum(0), self.fit.first
        p, q = self.learned.user_factors[0, u], self.learned.item_factors[0, i]
        after, _q = step(p, q, self.table[u, i] - self.fit.global_mean, self.schedule)
        error = Decimal(str(at_start.stars)) - at_start.total
        theirs, its, _product = at_start.pairs[0]
        return FirstStep(at_start, error, theirs, its, float(after[0]))

    def _sum(self, epoch: int) -> Sum:
        u, i = self.fit.first
        theirs = _written(self.fit.user_factors[epoch, u])
        its = _written(self.fit.item_factors[epoch, i])
        products, together = dot_product(theirs, its)
        mean = _written([self.fit.global_mean])[0]
        pairs = list(zip(theirs, its, products, strict=True))
        return Sum(PEOPLE[u], MOVIES[i], mean, pairs, mean + together, self._stars(u, i))

    def _stars(self, u: int, i: int) -> float | None:
        stars = float(self.table[u, i])
        return None if np.isnan(stars) else stars


def _written(numbers: Sequence[float] | Float64) -> list[Decimal]:
    return [Decimal(f"{number:.2f}") for number in numbers]
