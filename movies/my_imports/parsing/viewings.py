"""Viewings of sources that keep a diary."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from movies.models import ImportedRow
from movies.models.viewings import LONGEST_NOTE, clean_note, clean_tags
from movies.my_imports.parsing.entries import Entry


def viewing(
    film: dict[str, Any],
    *,
    watched: str = "",
    rewatch: bool = False,
    tags: str = "",
    note: str = "",
) -> Entry:
    """A viewing on `film["at"]`, or in the month or year that `watched` names.

    Raises:
        ValueError: a tag or the note is too long.
    """
    note = clean_note(note)
    if len(note) > LONGEST_NOTE:
        raise ValueError(_("a note is longer than %(n)s characters") % {"n": LONGEST_NOTE})
    details = {
        "watched": watched,
        "rewatch": rewatch,
        "tags": clean_tags(tags.split(",")),
        "note": note,
    }
    kept = {name: value for name, value in details.items() if value}
    return Entry(ImportedRow.Kind.VIEWING, **{**film, "details": kept})
