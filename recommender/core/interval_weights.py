"""Weights of the terms that make up a prediction interval; part of the constants of a fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from recommender.core.ratings import Float64


@dataclass(frozen=True)
class IntervalWeights:
    """The weight of each of the `uncertainty_terms`, at least 0; runs store them by these names.

    The defaults, about halfway between those learned on two MovieLens sets, serve a site that has
    too few ratings to hold some out.

    >>> IntervalWeights.from_dict(IntervalWeights().to_dict()) == IntervalWeights()
    True
    """

    person: float = 1.5  # of the user's own errors
    person_vector: float = 1.0  # of the variance of the user's vector
    movie_vector: float = 1.2  # of the variance of the item's vector
    person_count: float = 1.0  # of 1 / (number of ratings of the user + 5)
    movie_count: float = 2.0  # of 1 / (number of ratings of the item + 2)
    typical_error: float = 0.75  # mean left-out squared error of a rating, stars squared

    def to_dict(self) -> dict[str, float]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any] | None) -> IntervalWeights:
        """The weights in `values`; the defaults where a run has none."""
        known = {field.name for field in fields(cls)}
        return cls(**{k: float(v) for k, v in (values or {}).items() if k in known})

    @classmethod
    def of(cls, weights: Float64, typical_error: float) -> IntervalWeights:
        """From weights in the order of `uncertainty_terms`."""
        return cls(*(float(value) for value in [*weights, typical_error]))

    def as_array(self) -> Float64:
        """(5,) in the order of `uncertainty_terms`."""
        return np.array(
            [
                *(self.person, self.person_vector, self.movie_vector),
                *(self.person_count, self.movie_count),
            ]
        )
