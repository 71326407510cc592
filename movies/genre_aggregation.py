"""The genres of each movie of a list, in the query that reads the movies anyway.

Django's prefetch asks a second time, with the ids of all the movies: the dearest question of a
page of cards. Here the database packs each movie's genres into one value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import F, Func, JSONField, QuerySet

if TYPE_CHECKING:
    from movies.models import Genre, Movie

ATTRIBUTE = "genre_rows"

_PACKED = """(SELECT {together}({one}(genre.id, genre.name, genre.slug))
    FROM movies_movie_genres link JOIN movies_genre genre ON genre.id = link.genre_id
    WHERE link.movie_id = %(expressions)s)"""


class GenreRows(Func):
    """[[id, name, slug], ...] of the movie with that id; null or empty for none."""

    output_field = JSONField(null=True)

    def __init__(self) -> None:
        super().__init__(F("pk"))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list]:
        template = _PACKED.format(together="json_group_array", one="json_array")
        return super().as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list]:
        template = _PACKED.format(together="jsonb_agg", one="jsonb_build_array")
        return super().as_sql(compiler, connection, template=template, **context)


def unpack(movies: Iterable[Movie]) -> None:
    """Put the genres where `movie.genres.all()` looks for prefetched ones, in order of name."""
    from movies.models import Genre

    known: dict[int, Genre] = {}
    for movie in movies:
        rows = movie.__dict__.pop(ATTRIBUTE) or []
        for row in rows:
            if row[0] not in known:
                known[row[0]] = Genre.from_db(movie._state.db, ["id", "name", "slug"], row)
        genres = sorted((known[row[0]] for row in rows), key=lambda genre: genre.name)
        kept = _Prefetched(partial(_as_prefetched, movie.pk, genres))
        kept.update(movie.__dict__.get("_prefetched_objects_cache", {}))
        movie.__dict__["_prefetched_objects_cache"] = kept
        movie.__dict__["genre_list"] = genres


class _Prefetched(dict):
    """Where Django looks for what was prefetched; the genres' queryset is made when somebody does.

    Most cards say nothing of their genres, and those that do read `genre_list`.
    """

    def __init__(self, make: Callable[[], QuerySet[Genre]]) -> None:
        super().__init__()
        self._make: Callable[[], QuerySet[Genre]] | None = make

    def __missing__(self, name: str) -> QuerySet[Genre]:
        if name != "genres" or self._make is None:
            raise KeyError(name)
        self[name] = found = self._make()
        return found

    def pop(self, name: str, *default: Any) -> Any:
        """As Django does when the genres are changed: what was read no longer holds."""
        if name == "genres":
            self._make = None
        return super().pop(name, *default)

    def clear(self) -> None:
        self._make = None
        super().clear()


def _as_prefetched(movie_id: int, genres: list[Genre]) -> QuerySet[Genre]:
    from movies.models import Genre

    found = Genre.objects.all()
    # The query behind the rows, for whoever filters further; built only for them, as Django does
    # it for its related managers.
    found._deferred_filter = (False, (), {"movies": movie_id})
    found._result_cache = genres
    found._prefetch_done = True
    return found
