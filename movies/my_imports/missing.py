"""Films that the catalogue lacks, as a table to download."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from movies.models import ImportedRow, PersonalImport
from movies.stars import to_stars

COLUMNS = (
    *("file", "line", "kind", "title", "year", "imdb_id", "tmdb_id", "movielens_id"),
    *("stars", "at", "list"),
)
# Spreadsheets take cells that begin so for formulas.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'", "|", "%", "\uff1d")


class _Echo:
    def write(self, text: str) -> str:
        return text


def missing_rows(personal_import: PersonalImport) -> Iterator[str]:
    """The lines of a CSV file: everything that found no movie, or several."""
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    rows = ImportedRow.objects.filter(
        personal_import=personal_import,
        match__in=[ImportedRow.Match.MISSING, ImportedRow.Match.AMBIGUOUS],
    )
    for row in rows.order_by("pk").iterator(chunk_size=1000):
        cells = (
            *(row.file, row.line, row.kind, row.title, row.year, row.imdb_id, row.tmdb_id),
            row.movielens_id,
            to_stars(row.half_stars) if row.half_stars else "",
            row.at.isoformat() if row.at else "",
            row.list_name,
        )
        yield writer.writerow([_safe(cell) for cell in cells])


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
