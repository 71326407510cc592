"""The ratings of a source, cut into parts on an engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.core.fitting.engines import Engine, Handle
from recommender.core.fitting.parts.generators import Generators, random_places
from recommender.core.fitting.parts.part import MAPPED_FROM, Part, make_part
from recommender.core.fitting.parts.partition import Cut, n_cells
from recommender.core.fitting.source import RatingSource
from recommender.core.fitting.threads import Workers
from recommender.core.ratings import Float64, Int64


@dataclass(frozen=True)
class PartedRatings:
    """The parts, and what a plan has to know of all ratings."""

    engine: Engine
    source: RatingSource
    cut: Cut
    parts: list[Handle]  # of `Part`
    item_counts: Int64  # (n_items,) by row
    totals: Float64  # number of ratings, sums of their stars, of their squares, of their weights

    @property
    def n(self) -> int:
        """Parts."""
        return self.cut.n

    @property
    def user_counts(self) -> list[Int64]:
        """Of each part (n_users,)."""
        return [self.source.user_counts[part] for part in self.cut.parts()]

    @property
    def n_ratings(self) -> int:
        return int(self.totals[0])

    @property
    def global_mean(self) -> float:
        return float(self.totals[1] / self.totals[0])

    @property
    def is_large(self) -> bool:
        """Whether what has the size of the ratings is kept in files."""
        return _is_large(self.n_ratings)

    @property
    def spread(self) -> float:
        """Standard deviation of the stars."""
        variance = self.totals[2] / self.totals[0] - self.global_mean**2
        return float(np.sqrt(max(variance, 0.0)))

    @property
    def weight(self) -> float:
        """Of all ratings together; one that has none counts one."""
        return float(self.totals[3])


def part_ratings(
    engine: Engine, source: RatingSource, user_bounds: Int64, width: int, draws: Generators
) -> PartedRatings:
    """Cut into cells for rows of `width` floats, and read every part where it lives."""
    sizes, n = np.diff(user_bounds).tolist(), user_bounds.size - 1
    user_places = draws.draw(random_places, sizes)
    [item_places] = engine.get([draws.draw_for_items(random_places, source.item_ids.size)])
    cut = Cut.make(user_bounds, n_cells(max(sizes), width), item_places)
    is_large = _is_large(int(source.user_counts.sum()))
    parts = draws.draw(make_part, range(n), [source] * n, [cut] * n, user_places, [is_large] * n)
    sums = [engine.sum(engine.map(task, parts)) for task in (_item_counts, _totals)]
    item_counts, totals = engine.get(sums)
    return PartedRatings(engine, source, cut, parts, item_counts, totals)


def _is_large(n_ratings: int) -> bool:
    return n_ratings >= MAPPED_FROM


def _item_counts(workers: Workers, part: Part) -> Int64:
    return part.by_item.counts


def _totals(workers: Workers, part: Part) -> Float64:
    stars = part.by_user.stars
    weight = part.item_weights.sum(dtype=np.float64) if part.item_weights.size else stars.size
    squares = np.dot(stars, stars.astype(np.float64))
    return np.array([stars.size, stars.sum(dtype=np.float64), squares, weight])
