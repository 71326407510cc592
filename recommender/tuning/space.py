"""Which hyper-parameters a search may move, and how far from their defaults.

Few and influential. Stars: how strongly rows are held back decides most, then how fast they learn
and how much the implicit part may say. Lists: how strongly and how long the interest block learns,
how much unrated movies count against a person's picks, how far stars move the targets, and the
share of the predicted stars in the list. Sizes of rows are left alone: they are the operator's
memory, and more is nearly always a little better.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from recommender.core import Hyperparameters

Values = dict[str, float | int]


class RefusedValues(ValueError):
    """Stored values that no fit may be given, and why."""


@dataclass(frozen=True)
class Dimension:
    """One hyper-parameter: from default / reach to default * reach, or from low to high."""

    name: str
    reach: float = 2.0
    low: float | None = None
    high: float | None = None

    @property
    def default(self) -> float | int:
        return getattr(Hyperparameters(), self.name)

    @property
    def is_whole(self) -> bool:
        return isinstance(self.default, int)

    @property
    def is_ratio(self) -> bool:
        """Whether steps are counted in factors rather than in sums."""
        return self.low is None

    @property
    def bounds(self) -> tuple[float, float]:
        if self.low is not None and self.high is not None:
            return min(self.low, self.default), max(self.high, self.default)
        low, high = self.default / self.reach, self.default * self.reach
        return (max(1, round(low)), round(high)) if self.is_whole else (low, high)

    def check(self, value: Any) -> None:
        """Raises RefusedValues for what is no finite number inside the bounds."""
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
    Dimension("interest_regularization"),
    Dimension("interest_learning_rate"),
    Dimension("interest_epochs"),
    Dimension("interest_unrated_weight", reach=4.0),
    Dimension("interest_item_slope"),
    Dimension("stars_weight", low=0.0, high=0.6),
)
SPACE = {dimension.name: dimension for dimension in STARS + LISTS}


def recipe() -> dict[str, Any]:
    """What found values depend on: after an upgrade that changes it they mean something else."""
    return {
        "defaults": Hyperparameters().to_dict(),
        "space": {name: list(dimension.bounds) for name, dimension in SPACE.items()},
    }


def hyperparameters_of(values: Mapping[str, Any]) -> Hyperparameters:
    """The defaults with these values in their place.

    Raises:
        RefusedValues: a name a search does not move, or a value outside what it may try.
    """
    if not isinstance(values, Mapping):
        raise RefusedValues(f"{type(values).__name__} instead of names and values")
    for name, value in values.items():
        if name not in SPACE:
            raise RefusedValues(f"{name} is not a hyper-parameter that a search moves")
        SPACE[name].check(value)
    whole = {name: int(v) if SPACE[name].is_whole else float(v) for name, v in values.items()}
    return replace(Hyperparameters(), **whole)
