"""The movies of a user's taste page: those they rated, and those on the map."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import DateTimeField, F, IntegerField, Value

from movies.models import Movie, MovieQuerySet
from movies.my_ratings.comparison import ComparedRating

if TYPE_CHECKING:
    from accounts.models import User

Genre = tuple[str, str]  # slug, name
# What a movie's ratings are compared with.
FIGURES = ("published_count", "published_half_star_sum", "published_at")


@dataclass(frozen=True)
class RatedMovie(ComparedRating):
    """A movie with the user's rating."""

    rated_at: datetime


@dataclass(frozen=True)
class RatedMovies:
    """Movies and their genres by id, and the user's ratings, newest first."""

    movies: Mapping[int, Movie]
    genres: Mapping[int, Sequence[Genre]] = field(default_factory=dict)
    ratings: Sequence[RatedMovie] = ()

    @classmethod
    def of(cls, user: User, movie_ids: Iterable[int] = ()) -> RatedMovies:
        """The user's ratings and the movies of `movie_ids`, in two queries."""
        ids = list(movie_ids)
        rows = list(_movies(user, ids))
        own = [movie for movie in rows if movie.own_half_stars is not None]
        ratings = [
            RatedMovie(movie, movie.own_half_stars, movie.own_updated_at, movie.own_rated_at)
            for movie in own
        ]
        ratings.sort(key=lambda one: (one.rated_at, one.movie.pk), reverse=True)
        # Rated ones last: a movie both rated and on the map is in two rows.
        movies = {movie.pk: movie for movie in (*rows, *own)}
        return cls(movies, genres_of(user, ids), ratings)

    def by_movie(self) -> dict[int, RatedMovie]:
        return {one.movie.pk: one for one in self.ratings}


def _movies(user: User, movie_ids: list[int]) -> MovieQuerySet:
    columns = ("pk", "title", "year", "n_ratings", *FIGURES)
    rated = (
        Movie.everything.filter(ratings__user=user)
        .annotate(
            own_half_stars=F("ratings__half_stars"),
            own_rated_at=F("ratings__rated_at"),
            own_updated_at=F("ratings__updated_at"),
        )
        .only(*columns)
    )
    others = (
        Movie.objects.filter(pk__in=movie_ids)
        .annotate(
            own_half_stars=Value(None, IntegerField()),
            own_rated_at=Value(None, DateTimeField()),
            own_updated_at=Value(None, DateTimeField()),
        )
        .only(*columns)
    )
    return rated.union(others, all=True) if movie_ids else rated


def genres_of(user: User, movie_ids: Sequence[int] = ()) -> dict[int, list[Genre]]:
    """Genres by movie id, of the movies the user rated and of `movie_ids`."""
    links = Movie.genres.through.objects.order_by()
    columns = ("movie_id", "genre__slug", "genre__name")
    rows = links.filter(movie__ratings__user=user).values_list(*columns)
    if movie_ids:
        rows = rows.union(links.filter(movie_id__in=movie_ids).values_list(*columns))
    genres = defaultdict(list)
    for movie_id, slug, name in rows:
        genres[movie_id].append((slug, name))
    return {movie_id: sorted(set(own), key=lambda one: one[1]) for movie_id, own in genres.items()}
