"""A database expression that packs the genres of a movie into one JSON value.

`prefetch_related("genres")` needs a second query with the ids of all movies; on pages of cards that
was the most expensive query.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, Func, JSONField

_SQL = """COALESCE((SELECT {array_agg}({array}(genre.id, genre.name, genre.slug))
    FROM movies_movie_genres link JOIN movies_genre genre ON genre.id = link.genre_id
    WHERE link.movie_id = %(expressions)s), {empty})"""


class GenreRows(Func):
    """[[id, name, slug], ...] of the genres of a movie, in no particular order."""

    output_field = JSONField()

    def __init__(self) -> None:
        super().__init__(F("pk"))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list]:
        sql = _SQL.format(array_agg="json_group_array", array="json_array", empty="'[]'")
        return super().as_sql(compiler, connection, template=sql, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list]:
        sql = _SQL.format(array_agg="jsonb_agg", array="jsonb_build_array", empty="'[]'::jsonb")
        return super().as_sql(compiler, connection, template=sql, **context)
