"""The movies of one person's taste page: those they rated, and those the map shows."""

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


@dataclass(frozen=True)
class Rated(ComparedRating):
    """One own rating of the page."""

    rated_at: datetime


@dataclass(frozen=True)
class Shelf:
    """Movies by id with their genres, and the person's ratings, the newest first."""

    movies: Mapping[int, Movie]
    genres: Mapping[int, Sequence[Genre]] = field(default_factory=dict)
    rated: Sequence[Rated] = ()

    @classmethod
    def of(cls, user: User, movie_ids: Iterable[int] = ()) -> Shelf:
        """In two queries, however many movies."""
        ids = list(movie_ids)
        rows = list(_movies(user, ids))
        own = [movie for movie in rows if movie.own_half_stars is not None]
        rated = [Rated(movie, movie.own_half_stars, movie.own_rated_at) for movie in own]
        rated.sort(key=lambda one: (one.rated_at, one.movie.pk), reverse=True)
        # The person's own row last: a movie that is both rated and on the map comes twice.
        movies = {movie.pk: movie for movie in (*rows, *own)}
        return cls(movies, genres_of(user, ids), rated)

    def by_movie(self) -> dict[int, Rated]:
        return {one.movie.pk: one for one in self.rated}


def _movies(user: User, movie_ids: list[int]) -> MovieQuerySet:
    columns = ("pk", "title", "year", "n_ratings", "half_star_sum")
    rated = (
        Movie.objects.filter(ratings__user=user)
        .annotate(own_half_stars=F("ratings__half_stars"), own_rated_at=F("ratings__rated_at"))
        .only(*columns)
    )
    others = (
        Movie.objects.filter(pk__in=movie_ids)
        .annotate(
            own_half_stars=Value(None, IntegerField()), own_rated_at=Value(None, DateTimeField())
        )
        .only(*columns)
    )
    return rated.union(others, all=True) if movie_ids else rated


def genres_of(user: User, movie_ids: Sequence[int] = ()) -> dict[int, list[Genre]]:
    """The genres of what the person rated, and of these movies, by movie id."""
    links = Movie.genres.through.objects.order_by()
    columns = ("movie_id", "genre__slug", "genre__name")
    rows = links.filter(movie__ratings__user=user).values_list(*columns)
    if movie_ids:
        rows = rows.union(links.filter(movie_id__in=movie_ids).values_list(*columns))
    genres = defaultdict(list)
    for movie_id, slug, name in rows:
        genres[movie_id].append((slug, name))
    return {movie_id: sorted(set(own), key=lambda one: one[1]) for movie_id, own in genres.items()}
