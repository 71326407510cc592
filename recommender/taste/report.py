"""The contents of the taste page and its API: statistics, and the user's place on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

import numpy as np
from django.utils import timezone

from movies.models import Movie
from recommender.serving.model_cache import Model
from recommender.serving.user_state import UserState
from recommender.serving.users import model_and_user, model_and_user_state
from recommender.taste.axis_names import AxisName, axis_names
from recommender.taste.map import MovieMap, Standing
from recommender.taste.rated_movies import RatedMovies
from recommender.taste.statistics import Figures, figures

if TYPE_CHECKING:
    from accounts.models import User

# Rated movies drawn on the map although they are not among the best known ones.
MAX_EXTRA_MOVIES = 60
MIN_RATINGS_TO_PLACE = 5


@dataclass(frozen=True)
class NamedAxis:
    """An axis with the movies at its ends, and where the user stands on it."""

    number: int
    name: AxisName
    share: float
    low: Sequence[Movie]
    high: Sequence[Movie]
    standing: Standing | None

    @property
    def leans(self) -> bool:
        """Whether the ratings are enough to tell to which side the user leans."""
        return self.standing is not None and abs(self.standing.place) > self.standing.uncertainty

    @property
    def towards(self) -> Sequence[Movie]:
        """The movies at the end to which the user leans."""
        if self.standing is None:
            return ()
        return self.high if self.standing.place >= 0 else self.low

    @property
    def end(self) -> str:
        """The name of that end."""
        is_low = self.standing is not None and self.standing.place < 0
        return self.name.low if is_low else self.name.high

    @property
    def further_than(self) -> float | None:
        """Share of users who lean less far that way; None for few users."""
        if self.standing is None or self.standing.below is None:
            return None
        return self.standing.below if self.standing.place >= 0 else 1 - self.standing.below


@dataclass(frozen=True)
class TasteReport:
    movies: RatedMovies
    figures: Figures
    movie_map: MovieMap | None  # None before the first run, and for a run stored without one
    axes: Sequence[NamedAxis]
    standing: Sequence[Standing] | None  # None for a user without ratings
    # Ids and places (n, m) of rated movies that are not among the best known ones.
    extra_movies: tuple[Sequence[int], np.ndarray] = field(default=((), np.empty((0, 0))))

    def placed_movies(self) -> list[tuple[Movie, list[float]]]:
        """The map's movies that still exist, with their places in deviations on each axis."""
        if self.movie_map is None or not self.movie_map.n_axes:
            return []
        places = (self.movie_map.places / self.movie_map.spreads).round(3).tolist()
        pairs = zip(self.movie_map.movie_ids.tolist(), places, strict=True)
        return [(self.movies.movies[pk], place) for pk, place in pairs if pk in self.movies.movies]


def taste_report(user: User) -> TasteReport:
    """From the user's current ratings."""
    model, folded_in = model_and_user(user)
    _model, state = model_and_user_state(user)
    movie_map = MovieMap.of_run(model.run_id) if model else None
    movies = RatedMovies.of(user, () if movie_map is None else movie_map.movie_ids.tolist())
    standing, extra = None, ((), np.empty((0, 0)))
    if model is not None and movie_map is not None and movie_map.n_axes:
        extra = _extra_movies(model, movie_map, movies)
        if folded_in is not None and len(movies.ratings):
            standing = movie_map.standing_of(folded_in.vector)
    return TasteReport(
        movies=movies,
        figures=figures(movies, movie_map.everyone if movie_map else {}, _days(movies, state)),
        movie_map=movie_map,
        axes=_named_axes(movie_map, movies, standing),
        standing=standing,
        extra_movies=extra,
    )


def _days(movies: RatedMovies, state: UserState) -> list[date]:
    """Of the ratings, in the reader's time zone."""
    zone = timezone.get_current_timezone()
    ids = movies.ratings.movie_ids.tolist()
    seconds = (state.rated_at[movie_id] for movie_id in ids if movie_id in state.rated_at)
    return [datetime.fromtimestamp(second, zone).date() for second in seconds]


def _extra_movies(
    model: Model, movie_map: MovieMap, movies: RatedMovies
) -> tuple[Sequence[int], np.ndarray]:
    """Rated movies that are not on the map anyway, the best known first."""
    rated = movies.ratings
    order = np.lexsort((rated.movie_ids, -rated.n_ratings))
    own = rated.movie_ids[order]
    rows = model.known_rows(own[~np.isin(own, movie_map.movie_ids)].tolist())
    rows = rows[model.items.n_ratings[rows] >= MIN_RATINGS_TO_PLACE][:MAX_EXTRA_MOVIES]
    return model.items.item_ids[rows].tolist(), movie_map.places_of(model.items, rows)


def _named_axes(
    movie_map: MovieMap | None, movies: RatedMovies, standing: Sequence[Standing] | None
) -> list[NamedAxis]:
    def existing(ids: Sequence[int]) -> list[Movie]:
        return [movies.movies[movie_id] for movie_id in ids if movie_id in movies.movies]

    names = axis_names(movie_map, movies) if movie_map else []
    return [
        NamedAxis(
            number=axis.number,
            name=names[place],
            share=axis.share,
            low=existing(axis.low),
            high=existing(axis.high),
            standing=standing[place] if standing else None,
        )
        for place, axis in enumerate(movie_map.axes if movie_map else ())
    ]
