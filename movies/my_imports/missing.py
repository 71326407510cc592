"""Films that the catalogue lacks, as a table to download."""

from __future__ import annotations

from collections.abc import Iterator

from cfsite.lib import safe_csv
from movies.models import ImportedRow, PersonalImport
from movies.stars import to_stars

COLUMNS = (
    *("file", "line", "kind", "title", "year", "imdb_id", "tmdb_id", "movielens_id"),
    *("stars", "at", "list"),
)


def missing_rows(personal_import: PersonalImport) -> Iterator[str]:
    """The lines of a CSV file: everything that found no movie, or several."""
    rows = ImportedRow.objects.filter(
        personal_import=personal_import,
        match__in=[ImportedRow.Match.MISSING, ImportedRow.Match.AMBIGUOUS],
    )
    return safe_csv.lines(COLUMNS, map(_cells, rows.order_by("pk").iterator(chunk_size=1000)))


def _cells(row: ImportedRow) -> tuple[object, ...]:
    return (
        *(row.file, row.line, row.kind, row.title, row.year, row.imdb_id, row.tmdb_id),
        row.movielens_id,
        to_stars(row.half_stars) if row.half_stars else None,
        *(row.at, row.list_name),
    )
