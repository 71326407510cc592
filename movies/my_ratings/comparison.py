"""A user's rating compared with the average of all others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings

from movies.models import Movie
from movies.stars import to_stars


@dataclass(frozen=True)
class ComparedRating:
    movie: Movie
    half_stars: int
    updated_at: datetime

    @property
    def stars(self) -> float:
        return to_stars(self.half_stars)

    @property
    def is_published(self) -> bool:
        """Whether the movie's published figures include this rating as it is now."""
        published_at = self.movie.published_at
        return published_at is not None and self.updated_at <= published_at

    @cached_property
    def n_others(self) -> int:
        """How many others the published figures are of."""
        return max(self.movie.shown_count - self.is_published, 0)

    @cached_property
    def others(self) -> float | None:
        """Mean stars of the other users as published; None for too few of them."""
        if self.n_others < settings.MIN_PUBLIC_RATERS:
            return None
        own = self.half_stars if self.is_published else 0
        return to_stars(self.movie.published_half_star_sum - own) / self.n_others

    @cached_property
    def gap(self) -> float | None:
        """The user's stars minus the mean of the others."""
        return None if self.others is None else self.stars - self.others
