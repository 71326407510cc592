"""Films that several movies of the catalogue fit, decided by the user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Min

from movies.models import ImportedRow, Movie, PersonalImport

Match = ImportedRow.Match
PER_PAGE = 10
FILM = ("title", "year", "imdb_id", "tmdb_id", "movielens_id")


@dataclass(frozen=True)
class Choice:
    """A film as the source has it, with the movies it could be."""

    row: ImportedRow
    candidates: list[Movie]


def ambiguous(personal_import: PersonalImport) -> Any:
    """One row of each film."""
    rows = ImportedRow.objects.filter(personal_import=personal_import, match=Match.AMBIGUOUS)
    first = rows.order_by().values(*FILM).annotate(first=Min("pk"))
    return rows.filter(pk__in=first.values("first")).order_by("pk")


def n_by_match(personal_import: PersonalImport) -> dict[str, int]:
    rows = ImportedRow.objects.filter(personal_import=personal_import).order_by()
    return dict(rows.values("match").annotate(n=Count("pk")).values_list("match", "n"))


def choices(personal_import: PersonalImport) -> list[Choice]:
    """The first films to decide."""
    rows = list(ambiguous(personal_import)[:PER_PAGE])
    ids = {pk for row in rows for pk in row.details.get("candidates", [])}
    movies = Movie.objects.in_bulk(ids)
    return [
        Choice(row, [movies[pk] for pk in row.details.get("candidates", []) if pk in movies])
        for row in rows
    ]


def decide(personal_import: PersonalImport, decided: Mapping[int, int | None]) -> int:
    """Set the movies of films, by the id of a row of each; None is none of the candidates.

    Returns how many films were decided. Rows and movies that do not belong together are ignored.
    """
    n = 0
    with transaction.atomic():
        rows = ImportedRow.objects.filter(personal_import=personal_import, match=Match.AMBIGUOUS)
        for row in rows.filter(pk__in=decided).order_by("pk"):
            movie_id = decided[row.pk]
            if movie_id is not None and movie_id not in row.details.get("candidates", []):
                continue
            same = {name: getattr(row, name) for name in FILM}
            ImportedRow.objects.filter(
                personal_import=personal_import, match=Match.AMBIGUOUS, **_or_null(same)
            ).update(movie=movie_id, match=Match.CHOSEN if movie_id else Match.MISSING)
            n += 1
    return n


def _or_null(same: dict[str, Any]) -> dict[str, Any]:
    return {
        (f"{name}__isnull" if value is None else name): (True if value is None else value)
        for name, value in same.items()
    }
