"""The taste map of a run, and where a user stands on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from recommender.core import ItemFactors, UserVector
from recommender.core.evaluation.rating_habits import share_below
from recommender.models import TasteMap


@dataclass(frozen=True)
class ReferenceMap:
    """Places of movies on an earlier map, to which a new map is aligned."""

    run_id: int
    movie_ids: np.ndarray  # (n,)
    places: np.ndarray  # (n, m)

    @classmethod
    def anchor_and_current(cls) -> tuple[ReferenceMap | None, ReferenceMap | None]:
        """The map to which the active run's map was aligned, and that map itself, if any."""
        stored = TasteMap.objects.filter(run__is_active=True).first()
        if stored is None or not stored.content["axes"]:
            return None, None
        current = cls(
            stored.run_id, np.array(stored.content["movies"]), np.array(stored.content["places"])
        )
        return cls.from_json(stored.anchor) if stored.anchor else current, current

    def to_json(self) -> dict[str, Any]:
        return {
            "run": self.run_id,
            "movies": self.movie_ids.tolist(),
            "places": self.places.tolist(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ReferenceMap:
        return cls(stored["run"], np.array(stored["movies"]), np.array(stored["places"]))


@dataclass(frozen=True)
class Axis:
    """One principal axis of taste, named by the movies furthest out on it."""

    number: int  # from 1
    share: float  # of all differences between movies, 0 to 1
    spread: float  # standard deviation of the movies' places
    low: Sequence[int]  # movie ids, the furthest out first
    high: Sequence[int]
    people_spread: float  # standard deviation of the users' places
    people: Sequence[float]  # quantiles of the users' places; empty for few users


@dataclass(frozen=True)
class Standing:
    """Where a user stands on one axis."""

    axis: Axis
    place: float  # in standard deviations of all users; 0 is the mean user
    uncertainty: float  # one standard deviation of the place, in the same unit
    stars: float  # above the mean user, for a movie one deviation towards `high`
    below: float | None  # share of users further towards `low`; None for few users


@dataclass(frozen=True)
class MovieMap:
    """The axes, and the places of the best known movies on them, in units of the factors."""

    run_id: int
    axes: Sequence[Axis] = ()
    movie_ids: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))  # (n,)
    places: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))  # (n, m)
    centre: np.ndarray = field(default_factory=lambda: np.empty(0))  # (k,)
    loadings: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))  # (k, m)
    mean_user: np.ndarray = field(default_factory=lambda: np.empty(0))  # (m,)
    everyone: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of_run(cls, run_id: int) -> MovieMap | None:
        """None for a run stored without a map."""
        stored = TasteMap.objects.defer("anchor").filter(pk=run_id).first()
        return None if stored is None else cls.read(stored)

    @classmethod
    def read(cls, stored: TasteMap) -> MovieMap:
        content = stored.content
        if not content["axes"]:
            return cls(stored.run_id, everyone=content["everyone"])
        return cls(
            run_id=stored.run_id,
            axes=[Axis(number, **axis) for number, axis in enumerate(content["axes"], 1)],
            movie_ids=np.array(content["movies"], np.int64),
            places=np.array(content["places"]),
            centre=np.array(content["centre"]),
            loadings=np.array(content["loadings"]),
            mean_user=np.array(content["mean_person"]),
            everyone=content["everyone"],
        )

    @property
    def n_axes(self) -> int:
        return len(self.axes)

    @property
    def spreads(self) -> np.ndarray:
        """(m,) standard deviation of the movies' places on each axis."""
        return np.array([axis.spread for axis in self.axes])

    def places_of(self, items: ItemFactors, rows: np.ndarray) -> np.ndarray:
        """(n, m) places of any movies of the same run, in the unit of `places`."""
        return (items.vectors[rows] - self.centre) @ self.loadings

    def standing_of(self, user: UserVector) -> list[Standing]:
        """The user's place on each axis, relative to the mean user."""
        places = user.vector @ self.loadings - self.mean_user
        deviations = self._deviations(user)
        return [
            Standing(
                axis=axis,
                place=float(place / axis.people_spread),
                uncertainty=float(deviation / axis.people_spread),
                stars=float(place * axis.spread),
                below=share_below(float(place), axis.people) if axis.people else None,
            )
            for axis, place, deviation in zip(self.axes, places, deviations, strict=True)
        ]

    def _deviations(self, user: UserVector) -> np.ndarray:
        """(m,) posterior standard deviation on each axis; 0 if the vector has no covariance."""
        if user.covariance is None:
            return np.zeros(self.n_axes)
        covariance = user.covariance[1:, 1:]
        return np.sqrt(np.einsum("ka,kl,la->a", self.loadings, covariance, self.loadings))
