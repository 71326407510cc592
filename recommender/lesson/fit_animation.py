"""The tiny fit of the page, and its state after each epoch."""

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
OWN_TABLE = "own"
MAX_SEED = 999
MIN_RATINGS = 5


@dataclass(frozen=True)
class FitParams:
    """Table, random start and epoch; defaults, with a `problem`, for what was invalid."""

    table: TinyTable
    seed: int
    epoch: int
    problem: str = ""

    @property
    def query(self) -> list[tuple[str, str]]:
        """The parameters that select this fit, except the epoch."""
        pairs = [("table", self.table.key)]
        if self.table.key == OWN_TABLE:
            pairs += [
                ("r", "" if np.isnan(r) else f"{r:g}") for row in self.table.rows for r in row
            ]
        return [*pairs, ("seed", str(self.seed))]


def fit_from_params(params: QueryDict) -> FitParams:
    problems: list[str] = []
    table = _table(params, problems)
    seed = _whole_number(params.get("seed", ""), table.seed, 1, MAX_SEED)
    if seed is None:
        problems.append(
            _("The random start must be a whole number from 1 to %(last)d.") % {"last": MAX_SEED}
        )
    epoch = _whole_number(params.get("epoch", ""), 0, 0, SCHEDULE.n_epochs)
    if epoch is None:
        problems.append(
            _("Epochs go from 0 to %(last)d, so we've gone back to the start.")
            % {"last": SCHEDULE.n_epochs}
        )
    return FitParams(table, seed or table.seed, epoch or 0, " ".join(problems))


def _table(params: QueryDict, problems: list[str]) -> TinyTable:
    first = next(iter(TABLES.values()))
    key = params.get("table", first.key)
    if key in TABLES:
        return TABLES[key]
    if key != OWN_TABLE:
        problems.append(_("We couldn't find that table, so here's the first one."))
        return first
    try:
        rows = _rows(params.getlist("r"))
    except ValueError as error:
        problems.append(str(error))
        return first
    about = _("Your own table. Change or clear a rating and learn again.")
    return TinyTable(OWN_TABLE, _("Your own ratings"), about, first.seed, rows)


def _rows(texts: Sequence[str]) -> list[list[float]]:
    try:
        stars = [to_stars(to_half_stars(text)) if text.strip() else np.nan for text in texts]
    except ValueError:
        raise ValueError(
            _("Ratings go from ½ to 5 in half stars, or leave the cell empty. Here's the first "
              "table again.")
        ) from None  # fmt: skip
    if len(stars) != len(PEOPLE) * len(MOVIES):
        raise ValueError(_("The table must have 25 cells. Here's the first one again."))
    if np.isfinite(stars).sum() < MIN_RATINGS:
        raise ValueError(
            ngettext(
                "We need at least %(n)d rating to learn from. Here's the first table again.",
                "We need at least %(n)d ratings to learn from. Here's the first table again.",
                MIN_RATINGS,
            )
            % {"n": MIN_RATINGS}
        )
    width = len(MOVIES)
    return [stars[k : k + width] for k in range(0, len(stars), width)]


def _whole_number(text: str, default: int, lowest: int, highest: int) -> int | None:
    """None unless it is a whole number in that range."""
    if not text:
        return default
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
    def error_level(self) -> int | None:
        """The error in half stars, at most 4; None if not rated."""
        if self.stars is None:
            return None
        return min(4, int(2 * abs(self.stars - self.predicted)))


@dataclass(frozen=True)
class WorkedPrediction:
    """One prediction, to be checked by hand."""

    person: str
    movie: str
    mean: Decimal
    pairs: Sequence[tuple[Decimal, Decimal, Decimal]]  # person's factor, movie's factor, product
    total: Decimal
    stars: float | None


@dataclass(frozen=True)
class FirstStep:
    """The first step of the fit, in decimals."""

    prediction: WorkedPrediction
    error: Decimal
    person_factor: Decimal  # the person's first number, before the step
    movie_factor: Decimal  # the movie's first number
    after: float  # the person's first number after the step


class FitAnimation:
    """A tiny fit after one epoch, in numbers rounded as they are shown."""

    def __init__(self, params: FitParams) -> None:
        self.epoch = params.epoch
        self.table = params.table.stars
        self.exact_fit: TinyFit = fit_tiny(self.table, params.seed, SCHEDULE)
        self.fit = self.exact_fit.rounded()
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
    def mean_baseline_error(self) -> float:
        """The error of always predicting the mean."""
        return float(np.sqrt(np.nanmean((self.table - self.fit.global_mean) ** 2)))

    @property
    def n_ratings(self) -> int:
        return int(np.isfinite(self.table).sum())

    @property
    def rows(self) -> list[tuple[str, list[float], list[Cell]]]:
        """Name, factors, and a cell per movie, for each person."""
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
    def worked_prediction(self) -> WorkedPrediction:
        """The rating that the first step uses, as it is predicted after this epoch."""
        return self._worked_prediction(self.epoch)

    @property
    def first_step(self) -> FirstStep:
        at_start, (u, i) = self._worked_prediction(0), self.fit.first
        p, q = self.exact_fit.user_factors[0, u], self.exact_fit.item_factors[0, i]
        after, _q = step(p, q, self.table[u, i] - self.fit.global_mean, self.schedule)
        error = Decimal(str(at_start.stars)) - at_start.total
        person_factor, movie_factor, _product = at_start.pairs[0]
        return FirstStep(at_start, error, person_factor, movie_factor, float(after[0]))

    def _worked_prediction(self, epoch: int) -> WorkedPrediction:
        u, i = self.fit.first
        person = _decimals(self.fit.user_factors[epoch, u])
        movie = _decimals(self.fit.item_factors[epoch, i])
        products, total = dot_product(person, movie)
        mean = _decimals([self.fit.global_mean])[0]
        pairs = list(zip(person, movie, products, strict=True))
        return WorkedPrediction(PEOPLE[u], MOVIES[i], mean, pairs, mean + total, self._stars(u, i))

    def _stars(self, u: int, i: int) -> float | None:
        stars = float(self.table[u, i])
        return None if np.isnan(stars) else stars


def _decimals(numbers: Sequence[float] | Float64) -> list[Decimal]:
    return [Decimal(f"{number:.2f}") for number in numbers]
