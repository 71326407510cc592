"""Predictions made before a user's ratings, compared with those ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest
from statistics import fmean
from typing import TYPE_CHECKING

from movies.models import Movie
from movies.stars import to_stars
from recommender.models import LoggedPrediction
from recommender.taste.rated_movies import RatedMovies

if TYPE_CHECKING:
    from accounts.models import User

N_SURPRISES = 5
# With fewer ratings, each new one moves the mean error by a tenth of a star or more.
FEW = 20


@dataclass(frozen=True)
class Surprise:
    movie: Movie
    predicted: float
    stars: float

    @property
    def error(self) -> float:
        return self.stars - self.predicted


@dataclass(frozen=True)
class PredictionErrors:
    """How far the predictions for one user were off, in stars."""

    n: int
    mean_error: float  # absolute
    n_shown: int  # with the prediction visible, which biases the rating towards it
    n_hidden: int
    hidden_error: float | None  # mean absolute error where it was not visible
    surprises: Sequence[Surprise]  # largest error first

    @property
    def are_few(self) -> bool:
        return self.n < FEW


def prediction_errors(user: User, movies: RatedMovies) -> PredictionErrors | None:
    """None if nothing was predicted before this user rated it. One query."""
    rows = LoggedPrediction.objects.of(user).values_list(
        "movie_id", "predicted", "half_stars", "prediction_shown"
    )
    found = [
        (abs(to_stars(half_stars) - predicted), movie_id, predicted, half_stars, shown)
        for movie_id, predicted, half_stars, shown in rows
        if movie_id in movies.movies
    ]
    if not found:
        return None
    hidden = [error for error, *_, shown in found if not shown]
    return PredictionErrors(
        n=len(found),
        mean_error=fmean(error for error, *_ in found),
        n_shown=len(found) - len(hidden),
        n_hidden=len(hidden),
        hidden_error=fmean(hidden) if hidden else None,
        surprises=[
            Surprise(movies.movies[movie_id], predicted, to_stars(half_stars))
            for _error, movie_id, predicted, half_stars, _shown in nsmallest(
                N_SURPRISES, found, key=lambda row: (-row[0], row[1])
            )
        ],
    )
