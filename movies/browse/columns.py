"""Headings of the list view: each sorts by its column, and again the other way round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from movies.browse.query import COLUMNS, BrowseQuery

LABELS: Mapping[str, str | Promise] = {
    "title": _("Title"),
    "newest": _("Year"),
    "predicted": _("Predicted"),
    "average": _("Average"),
    "yours": _("Yours"),
}
OF_MEMBERS = {"predicted", "yours"}


@dataclass(frozen=True)
class Column:
    key: str
    label: str | Promise
    query: str  # query string that sorts by it
    direction: str  # value of aria-sort, "" where the page is sorted by something else


def columns_for(asked: BrowseQuery, *, is_member: bool) -> list[Column]:
    return [
        Column(
            key,
            LABELS[key],
            asked.replace(order=key, is_reversed=key == asked.sort and not asked.is_reversed).query,
            _direction(key, asked.is_reversed) if key == asked.sort else "",
        )
        for key in COLUMNS
        if is_member or key not in OF_MEMBERS
    ]


def _direction(key: str, is_reversed: bool) -> str:
    """Titles begin at A, everything else with the highest."""
    return "ascending" if (key == "title") != is_reversed else "descending"
