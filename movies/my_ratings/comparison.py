"""A user's rating compared with the average of all others."""

from __future__ import annotations

from dataclasses import dataclass

from movies.models import Movie
from movies.stars import to_stars

# The average of fewer would reveal what single users gave.
FEWEST_OTHERS = 5


@dataclass(frozen=True)
class ComparedRating:
    movie: Movie
    half_stars: int

    @property
    def stars(self) -> float:
        return to_stars(self.half_stars)

    @property
    def n_others(self) -> int:
        return max(self.movie.n_ratings - 1, 0)

    @property
    def others(self) -> float | None:
        """Mean stars of the other users; None for fewer than five of them."""
        if self.n_others < FEWEST_OTHERS:
            return None
        return to_stars(self.movie.half_star_sum - self.half_stars) / self.n_others

    @property
    def gap(self) -> float | None:
        """The user's stars minus the mean of the others."""
        return None if self.others is None else self.stars - self.others
