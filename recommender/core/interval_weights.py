"""The numbers by which `spread` weighs the sources of doubt; part of a run's constants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from recommender.core.ratings import Float64


@dataclass(frozen=True)
class SpreadWeights:
    """What each source of doubt counts; all are at least 0.

    The defaults, about halfway between those learned on two MovieLens sets, serve a site that has
    too few ratings to hold some out.
    """

    person: float = 1.5  # of the person's own errors
    person_vector: float = 1.0
    movie_vector: float = 1.2
    person_count: float = 1.0
    movie_count: float = 2.0
    typical_error: float = 0.75  # mean left-out squared error of a rating, stars squared

    def to_dict(self) -> dict[str, float]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any] | None) -> SpreadWeights:
        """The weights in `values`; the defaults where a run has none."""
        known = {field.name for field in fields(cls)}
        return cls(**{k: float(v) for k, v in (values or {}).items() if k in known})

    @classmethod
    def of(cls, weights: Float64, typical_error: float) -> SpreadWeights:
        """From weights in the order of `sources_of_doubt`."""
        return cls(*(float(value) for value in [*weights, typical_error]))

    def as_array(self) -> Float64:
        """(5,) in the order of `sources_of_doubt`."""
        return np.array(
            [
                *(self.person, self.person_vector, self.movie_vector),
                *(self.person_count, self.movie_count),
            ]
        )
