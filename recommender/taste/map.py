"""The taste map of a run as pages read it, and where a person stands on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from recommender.core import ItemFactors, UserVector
from recommender.core.evaluation.rating_habits import share_below
from recommender.models import TasteMap


@dataclass(frozen=True)
class Picture:
    """Where movies stood on an earlier map, for the next one to be turned onto."""

    run_id: int
    movie_ids: np.ndarray  # (n,)
    places: np.ndarray  # (n, m)

    @classmethod
    def on_show(cls) -> tuple[Picture | None, Picture | None]:
        """The anchor of the serving run's map, and that map itself; None where there is none."""
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
    def from_json(cls, stored: Mapping[str, Any]) -> Picture:
        return cls(stored["run"], np.array(stored["movies"]), np.array(stored["places"]))


@dataclass(frozen=True)
class Axis:
    """One direction of taste, named by the movies furthest out on it."""

    number: int  # from 1
    share: float  # of all differences between movies, 0 to 1
    spread: float  # deviation of the movies' places
    low: Sequence[int]  # movie ids, the furthest out first
    high: Sequence[int]
    people_spread: float  # deviation of people's leanings
    people: Sequence[float]  # their quantiles; empty on a site of few people


@dataclass(frozen=True)
class Standing:
    """Where a person stands along one axis."""

    axis: Axis
    place: float  # in deviations of the site's people, 0 is the mean person
    uncertainty: float  # one deviation of what their ratings leave open, in the same unit
    stars: float  # more than the mean person gives, for a movie one deviation towards `high`
    below: float | None  # part of the site's people further towards `low`; None for few people


@dataclass(frozen=True)
class MovieMap:
    """Axes, and where the best known movies stand along them, in the unit of the factors."""

    run_id: int
    axes: Sequence[Axis] = ()
    movie_ids: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))  # (n,)
    places: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))  # (n, m)
    centre: np.ndarray = field(default_factory=lambda: np.empty(0))  # (k,)
    loadings: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))  # (k, m)
    mean_person: np.ndarray = field(default_factory=lambda: np.empty(0))  # (m,)
    everyone: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of_run(cls, run_id: int) -> MovieMap | None:
        """None for a run that was stored without one."""
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
            mean_person=np.array(content["mean_person"]),
            everyone=content["everyone"],
        )

    @property
    def n_axes(self) -> int:
        return len(self.axes)

    @property
    def spreads(self) -> np.ndarray:
        """(m,) deviation of the movies' places along each axis."""
        return np.array([axis.spread for axis in self.axes])

    def places_of(self, items: ItemFactors, rows: np.ndarray) -> np.ndarray:
        """(n, m) places of any movies of the same run, in the unit of `places`."""
        return (items.vectors[rows] - self.centre) @ self.loadings

    def standing_of(self, person: UserVector) -> list[Standing]:
        """Along each axis the person's vector less the mean person's."""
        leans = person.vector @ self.loadings - self.mean_person
        open_still = self._deviations(person)
        return [
            Standing(
                axis=axis,
                place=float(lean / axis.people_spread),
                uncertainty=float(deviation / axis.people_spread),
                stars=float(lean * axis.spread),
                below=share_below(float(lean), axis.people) if axis.people else None,
            )
            for axis, lean, deviation in zip(self.axes, leans, open_still, strict=True)
        ]

    def _deviations(self, person: UserVector) -> np.ndarray:
        """(m,) posterior deviation along each axis; 0 where the vector brings no covariance."""
        if person.covariance is None:
            return np.zeros(self.n_axes)
        covariance = person.covariance[1:, 1:]
        return np.sqrt(np.einsum("ka,kl,la->a", self.loadings, covariance, self.loadings))
