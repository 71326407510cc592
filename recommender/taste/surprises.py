"""We said 4.1, you said 3.5: predictions from before a rating came in, beside the rating."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from movies.models import Movie
from movies.stars import to_stars
from recommender.models import LoggedPrediction
from recommender.taste.rated_movies import Shelf

if TYPE_CHECKING:
    from accounts.models import User

N_SURPRISES = 5
# The mean of fewer errors moves by a tenth of a star and more with every rating.
FEW = 20


@dataclass(frozen=True)
class Surprise:
    movie: Movie
    predicted: float
    stars: float

    @property
    def gap(self) -> float:
        return self.stars - self.predicted


@dataclass(frozen=True)
class Said:
    """How far the predictions were off, in stars."""

    n: int
    mean_error: float  # absolute
    n_shown: int  # with the prediction in sight, which pulls the answer towards it
    n_hidden: int
    hidden_error: float | None  # absolute, of those without
    surprises: Sequence[Surprise]  # the furthest off first

    @property
    def are_few(self) -> bool:
        return self.n < FEW


def surprises_of(user: User, shelf: Shelf) -> Said | None:
    """None for a person whose ratings nobody had predicted. One query."""
    rows = LoggedPrediction.objects.of(user).values_list(
        "movie_id", "predicted", "half_stars", "prediction_shown"
    )
    said = [
        (Surprise(shelf.movies[movie_id], predicted, to_stars(half_stars)), shown)
        for movie_id, predicted, half_stars, shown in rows
        if movie_id in shelf.movies
    ]
    if not said:
        return None
    hidden = [abs(one.gap) for one, shown in said if not shown]
    furthest = sorted((one for one, _ in said), key=lambda one: (-abs(one.gap), one.movie.pk))
    return Said(
        n=len(said),
        mean_error=fmean(abs(one.gap) for one in furthest),
        n_shown=len(said) - len(hidden),
        n_hidden=len(hidden),
        hidden_error=fmean(hidden) if hidden else None,
        surprises=furthest[:N_SURPRISES],
    )
