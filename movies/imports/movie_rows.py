"""Writes many movies and their genres at once, several times faster than with `bulk_create`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from django.db import connection

from movies.imports.dataset import MovieLine
from movies.models import Movie
from movies.titles import title_key

# Columns of Movie that are filled from the fields of a line of the same names.
FROM_LINE = (
    "title",
    "original_title",
    "year",
    "movielens_id",
    "catalogue_key",
    "imdb_id",
    "tmdb_id",
)
_values_of = attrgetter(*FROM_LINE)


def insert_movies(lines: Sequence[MovieLine]) -> None:
    """
    Raises:
        IntegrityError: A MovieLens id or a key is stored already.
    """
    constants = _constants()
    values = tuple(constants.values())
    _insert(
        Movie._meta.db_table,
        (*FROM_LINE, "title_key", *constants),
        (
            (*_values_of(line), title_key(line.title, line.original_title), *values)
            for line in lines
        ),
    )


def insert_genres(links: Iterable[tuple[int, int]]) -> None:
    """
    Args:
        links: Primary keys of a movie and a genre.

    Raises:
        IntegrityError: A movie has the genre already.
    """
    _insert(Movie.genres.through._meta.db_table, ("movie_id", "genre_id"), links)


def _constants() -> dict[str, Any]:
    """The other columns of a new movie that the database does not fill in by itself."""
    movie = Movie()
    return {
        field.column: field.get_db_prep_save(field.pre_save(movie, add=True), connection)
        for field in Movie._meta.concrete_fields
        if not (
            field.primary_key
            or field.generated
            or field.has_db_default()
            or field.name in (*FROM_LINE, "title_key")
        )
    }


def _insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Django's cursor hands `copy` through, and its errors unwrapped.
            with (
                connection.wrap_database_errors,
                cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(
                f"INSERT INTO {table} ({names}) VALUES ({places})",  # noqa: S608 - constants only
                list(rows),
            )
