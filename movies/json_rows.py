"""Database expressions that pack what belongs to a movie into one JSON value.

`prefetch_related("genres")` needs a second query with the ids of all movies; on pages of cards that
was the most expensive query.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, Func, JSONField


class _JsonRows(Func):
    """[[column, ...], ...] of the rows of one movie, in no particular order."""

    output_field = JSONField()
    columns: str
    rows: str  # what follows FROM, up to the movie's id

    def __init__(self) -> None:
        super().__init__(F("pk"))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list]:
        sql = self._sql("json_group_array(json_array", "'[]'")
        return super().as_sql(compiler, connection, template=sql, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list]:
        sql = self._sql("jsonb_agg(jsonb_build_array", "'[]'::jsonb")
        return super().as_sql(compiler, connection, template=sql, **context)

    def _sql(self, packed: str, empty: str) -> str:
        packed = f"{packed}({self.columns}))"
        found = f"SELECT {packed} FROM {self.rows} = %(expressions)s"  # noqa: S608
        return f"COALESCE(({found}), {empty})"


class GenreRows(_JsonRows):
    """[[id, name, slug], ...]"""

    columns = "genre.id, genre.name, genre.slug"
    rows = """movies_movie_genres link JOIN movies_genre genre ON genre.id = link.genre_id
    WHERE link.movie_id"""


class DirectorRows(_JsonRows):
    """[[position, id of the credit, id of the person, name], ...]"""

    columns = "credit.position, credit.id, person.id, person.name"
    rows = """movies_credit credit JOIN movies_person person ON person.id = credit.person_id
    WHERE credit.role = 'director' AND credit.movie_id"""
