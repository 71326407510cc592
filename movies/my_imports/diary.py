"""Viewings of imports: one for each movie and date."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from movies.models import ImportedRow, PersonalImport, Viewing
from movies.models.viewings import EARLIEST_DAY, MOST_TAGS
from movies.periods import Period

Outcome = ImportedRow.Outcome


def watched(row: ImportedRow) -> Period | None:
    """When it was watched, as precisely as the source says; None if unknown."""
    if "watched" in row.details:
        period = Period.parse(row.details["watched"])
    else:
        period = Period.of_day(timezone.localdate(row.at)) if row.at else None
    return period if period and period.first >= EARLIEST_DAY else None


def write_viewings(work: PersonalImport, rows: list[ImportedRow]) -> None:
    """Add viewings, except on dates on which there is one of the same movie already.

    Rows of one date are one viewing: Letterboxd writes one into its diary and its reviews.
    """
    own = Viewing.objects.of(work.user).filter(movie__in={row.movie_id for row in rows})
    there = {(one.movie_id, one.watched) for one in own}
    new: dict[tuple[int, Period | None], tuple[ImportedRow, Viewing, list[str]]] = {}
    for row in rows:
        key = row.movie_id, watched(row)
        if key in there:
            row.outcome = Outcome.SAME
        elif key in new:
            _, viewing, tags = new[key]
            row.outcome = Outcome.REPEATED
            _merge(viewing, tags, row.details)
        else:
            row.outcome = Outcome.ADDED
            viewing = Viewing(user_id=work.user_id, movie_id=row.movie_id, watched=key[1])
            viewing.updated_at = work.started_at
            # Our own export has the date of the viewing apart from when it was logged.
            is_logged = "watched" in row.details and row.at is not None
            viewing.created_at = row.at if is_logged else work.started_at
            new[key] = row, viewing, []
            _merge(viewing, new[key][2], row.details)
    Viewing.objects.log_many((viewing, tags) for _, viewing, tags in new.values())
    for row, viewing, _tags in new.values():
        row.before = {"viewing": viewing.pk}


def _merge(viewing: Viewing, tags: list[str], details: dict[str, Any]) -> None:
    viewing.is_rewatch = viewing.is_rewatch or bool(details.get("rewatch"))
    viewing.note = viewing.note or details.get("note", "")
    tags.extend(tag for tag in details.get("tags", []) if tag not in tags)
    del tags[MOST_TAGS:]
