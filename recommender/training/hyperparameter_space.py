"""The hyperparameters a search varies, and their bounds.

Few and influential ones. Stars: regularization matters most, then the learning rate and the weight
of the implicit part. Lists: regularization and length of the interest block, the weight of unrated
movies, the slope of targets with the stars, the share of predicted stars in the ranking, and how
fast and how far ratings lose weight with age (`interest_oldest` at its highest: not at all).

Numbers of factors are left alone: they set memory use, and more is nearly always a little better.
So are the settings of new users: the NDCG of people's newest ratings hardly sees them, and where it
does, it prefers the list that everybody gets.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from recommender.core import Hyperparameters

Values = dict[str, float | int]


class RefusedValues(ValueError):
    """Stored values that must not be used for a fit; the message says why."""


@dataclass(frozen=True)
class Dimension:
    """One hyperparameter; its range is default / reach to default * reach, or low to high."""

    name: str
    reach: float = 2.0
    low: float | None = None
    high: float | None = None
    typical: float | None = None  # stands for a default that follows from the data

    @property
    def default(self) -> float | int:
        default = getattr(Hyperparameters(), self.name)
        return self.typical if default is None else default

    @property
    def is_whole(self) -> bool:
        return isinstance(self.default, int)

    @property
    def is_ratio(self) -> bool:
        """Whether the range is searched on a logarithmic scale."""
        return self.low is None

    @property
    def bounds(self) -> tuple[float, float]:
        if self.low is not None and self.high is not None:
            return min(self.low, self.default), max(self.high, self.default)
        low, high = self.default / self.reach, self.default * self.reach
        return (max(1, round(low)), round(high)) if self.is_whole else (low, high)

    def check(self, value: Any) -> None:
        """Raise RefusedValues unless `value` is a finite number inside the bounds."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or (self.is_whole and value != int(value)):
            raise RefusedValues(f"{self.name} is {value!r}")
        low, high = self.bounds
        slack = 1e-9 * max(abs(low), abs(high))
        if not low - slack <= value <= high + slack:
            raise RefusedValues(f"{self.name} is {value!r}, outside {low:g} to {high:g}")


STARS = (
    Dimension("regularization"),
    Dimension("learning_rate"),
    Dimension("init_sd", reach=4.0),
    Dimension("implicit_ridge", reach=3.0),
    Dimension("implicit_weight_power", low=0.0, high=1.0),
)
LISTS = (
    Dimension("interest_regularization", reach=4.0, typical=0.02),
    Dimension("interest_learning_rate"),
    Dimension("interest_epochs"),
    Dimension("interest_unrated_weight", reach=4.0),
    Dimension("interest_item_slope"),
    Dimension("stars_weight", low=0.0, high=0.6),
    Dimension("recency_steps", reach=4.0),
    Dimension("interest_oldest", low=0.05, high=2.0),
)
SPACE = {dimension.name: dimension for dimension in STARS + LISTS}


@dataclass(frozen=True)
class Stage:
    """One stage of a search: what it varies, and the score that ranks its trials."""

    name: str
    dimensions: tuple[Dimension, ...]
    score_name: str
    lower_is_better: bool

    def default_values(self) -> Values:
        return {dimension.name: dimension.default for dimension in self.dimensions}


STAGES = (
    Stage("stars", STARS, "RMSE", lower_is_better=True),
    Stage("lists", LISTS, "NDCG@10", lower_is_better=False),
)


def recipe() -> dict[str, Any]:
    """Defaults and bounds; values found against other ones are no longer valid."""
    return {
        "defaults": Hyperparameters().to_dict(),
        "space": {name: list(dimension.bounds) for name, dimension in SPACE.items()},
    }


def hyperparameters_of(values: Mapping[str, Any]) -> Hyperparameters:
    """The defaults, with `values` replacing some of them.

    Raises:
        RefusedValues: a name that no search varies, or a value outside its bounds.
    """
    if not isinstance(values, Mapping):
        raise RefusedValues(f"{type(values).__name__} instead of names and values")
    for name, value in values.items():
        if name not in SPACE:
            raise RefusedValues(f"{name} is not a hyperparameter that a search moves")
        SPACE[name].check(value)
    typed = {name: int(v) if SPACE[name].is_whole else float(v) for name, v in values.items()}
    return replace(Hyperparameters(), **typed)
