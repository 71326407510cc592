"""Viewings of sources that keep a diary."""

from __future__ import annotations

from typing import Any

from movies.models import ImportedRow
from movies.my_imports.entries import Entry


def viewing(
    film: dict[str, Any], *, rewatch: bool = False, tags: str = "", note: str = ""
) -> Entry:
    """`film["at"]` is when it was watched; a review becomes the note."""
    details = {"rewatch": rewatch, "tags": tags, "note": note}
    kept = {name: value for name, value in details.items() if value}
    return Entry(ImportedRow.Kind.VIEWING, details=kept, **film)
