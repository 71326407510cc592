"""The movies of a user's taste page: those they rated, and those on the map."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import F, IntegerField, QuerySet, Value

from movies.decades import decade_name
from movies.models import Movie, Rating
from movies.my_ratings.comparison import FIGURES, ComparedRatings, is_published
from movies.search.index import CatalogueIndex

if TYPE_CHECKING:
    from accounts.models import User

Genre = tuple[str, str]  # slug, name


class MoviesOfRows(Mapping[int, Movie]):
    """Movies by id, made when they are asked for: of thousands rated, a page names a few hundred.

    rows: id, title, year and number of ratings.
    """

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._rows = {row[0]: row for row in rows}
        self._made: dict[int, Movie] = {}

    def __getitem__(self, movie_id: int) -> Movie:
        if movie_id not in self._made:
            names = ("id", "title", "year", "n_ratings")
            self._made[movie_id] = Movie.from_db(Movie.objects.db, names, self._rows[movie_id])
        return self._made[movie_id]

    def __contains__(self, movie_id: object) -> bool:
        return movie_id in self._rows

    def __iter__(self) -> Iterator[int]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


@dataclass(frozen=True)
class RatedMovies:
    """Movies and their genres by id, and the user's ratings."""

    movies: Mapping[int, Movie]
    genres: Mapping[int, Sequence[Genre]] = field(default_factory=dict)
    ratings: ComparedRatings = field(default_factory=lambda: ComparedRatings.from_rows([]))

    @classmethod
    def of(cls, user: User, movie_ids: Iterable[int] = ()) -> RatedMovies:
        """The user's ratings and the movies of `movie_ids`, in two queries."""
        ids = list(movie_ids)
        rows = list(_rows(user, ids))
        ratings = [
            (movie_id, half_stars, published, *figures)
            for movie_id, _title, _year, *figures, half_stars, published in rows
            if half_stars is not None
        ]
        movies = MoviesOfRows((*row[:3], row[4]) for row in rows)
        return cls(movies, genres_of(user, ids), ComparedRatings.from_rows(ratings))

    def own_stars(self) -> dict[int, float]:
        """By movie id."""
        return dict(zip(self.ratings.movie_ids.tolist(), self.ratings.stars.tolist(), strict=True))


def _rows(user: User, movie_ids: list[int]) -> QuerySet:
    """A movie that is both rated and on the map is in two rows."""
    columns = ("pk", "title", "year", *FIGURES, "own_half_stars", "is_published")
    rated = Movie.everything.filter(ratings__user=user).annotate(
        own_half_stars=F("ratings__half_stars"),
        is_published=is_published("ratings__updated_at", movie=""),
    )
    others = Movie.objects.filter(pk__in=movie_ids).annotate(
        own_half_stars=Value(None, IntegerField()), is_published=Value(0)
    )
    rated, others = rated.values_list(*columns), others.values_list(*columns)
    return rated.union(others, all=True) if movie_ids else rated


def genres_of(user: User, movie_ids: Sequence[int] = ()) -> dict[int, list[Genre]]:
    """Genres by movie id, of the movies the user rated and of `movie_ids`."""
    links = Movie.genres.through.objects.order_by()
    columns = ("movie_id", "genre__slug", "genre__name")
    # The movies themselves are not needed, so they are not joined.
    rated = Rating.objects.of(user).values("movie_id")
    rows = links.filter(movie_id__in=rated).values_list(*columns)
    if movie_ids:
        others = links.filter(movie_id__in=movie_ids).values_list(*columns)
        rows = rows.union(others, all=True)
    genres: dict[int, list[Genre]] = defaultdict(list)
    for movie_id, slug, name in rows:
        genre = slug, name
        if genre not in genres[movie_id]:
            genres[movie_id].append(genre)
    return dict(genres)


@dataclass(frozen=True)
class Groups:
    """Which ratings are of which genres or decades: rating `places[k]` is of `numbers[k]`."""

    labels: Sequence[Genre]  # key and name, by number
    places: np.ndarray  # (m,)
    numbers: np.ndarray  # (m,)

    def sums(self, values: np.ndarray | None = None) -> list[float]:
        """By number, of (m,) values, one for each of `places`; without any, how many there are."""
        return np.bincount(self.numbers, values, minlength=len(self.labels)).tolist()

    def where(self, kept: np.ndarray) -> Groups:
        """Only these of `places`; kept: (m,) bool."""
        return Groups(self.labels, self.places[kept], self.numbers[kept])


def genre_groups(movie_ids: np.ndarray, genres: Mapping[int, Sequence[Genre]]) -> Groups:
    """movie_ids: one for each rating; genres: by movie id."""
    found: dict[Genre, int] = {}
    places: list[int] = []
    numbers: list[int] = []
    for place, movie_id in enumerate(movie_ids.tolist()):
        for genre in genres.get(movie_id, ()):
            places.append(place)
            numbers.append(found.setdefault(genre, len(found)))
    return Groups(list(found), np.array(places, np.int64), np.array(numbers, np.int64))


def indexed_genre_groups(movie_ids: np.ndarray, index: CatalogueIndex) -> Groups:
    """As `genre_groups`, from memory: without the movies that the catalogue no longer shows."""
    places = np.flatnonzero(np.isin(movie_ids, index.movie_ids))
    rows = np.searchsorted(index.movie_ids, movie_ids[places])
    of_place, columns = np.nonzero(index.genres[rows])
    columns, numbers = np.unique(columns, return_inverse=True)
    genres = {genre.pk: (genre.slug, genre.name) for genre in index.all_genres}
    labels = [genres[pk] for pk in index.genre_ids[columns].tolist()]
    return Groups(labels, places[of_place], numbers)


def decade_groups(years: np.ndarray) -> Groups:
    """years: one for each rating; 0 where unknown."""
    places = np.flatnonzero(years)
    decades, numbers = np.unique(years[places] // 10 * 10, return_inverse=True)
    labels = [(str(decade), decade_name(decade)) for decade in decades.tolist()]
    return Groups(labels, places, numbers)
