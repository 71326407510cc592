"""Viewings as the diary page shows them: finished strings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from movies import scales
from movies.models import Movie, Viewing
from movies.movie_page.diary_box import in_words
from movies.periods import Period
from movies.stars import to_stars

# Longer notes are cut on the diary page and open there.
SHOWN_OF_NOTE = 280


@dataclass(frozen=True)
class TagLink:
    name: str
    query: str  # of the diary page


@dataclass(frozen=True)
class DiaryRow:
    pk: int
    movie: Movie
    heading: str  # of the month; "" in the month of the row before
    day: str  # of the month, "" if unknown
    when: str  # in words
    is_rewatch: bool
    own: str  # the user's present stars, "" if unrated
    own_words: str
    tags: Sequence[TagLink]
    note: str
    rest_of_note: str


def diary_rows(viewings: Iterable[Viewing]) -> list[DiaryRow]:
    """Rows of viewings with `half_stars`, with their movies and tags fetched."""
    rows, before = [], None
    for viewing in viewings:
        watched = viewing.watched
        heading = _heading(watched)
        note, rest = _cut(viewing.note)
        stars = viewing.half_stars and to_stars(viewing.half_stars)
        rows.append(
            DiaryRow(
                pk=viewing.pk,
                movie=viewing.movie,
                heading=heading if heading != before else "",
                day=str(watched.day) if watched and watched.day else "",
                when=in_words(watched),
                is_rewatch=viewing.is_rewatch,
                own=scales.active().given(stars) if stars else "",
                own_words=scales.active().in_words(stars) if stars else "",
                tags=[TagLink(name, urlencode({"tag": name})) for name in viewing.tag_names],
                note=note,
                rest_of_note=rest,
            )
        )
        before = heading
    return rows


def _heading(watched: Period | None) -> str:
    if watched is None:
        return _("Date unknown")
    if watched.month is None:
        return _("In %(year)d, month unknown") % {"year": watched.year}
    return Period(watched.year, watched.month).in_words


def _cut(note: str) -> tuple[str, str]:
    """The note in two parts, between two words; the second part is mostly empty."""
    if len(note) <= SHOWN_OF_NOTE:
        return note, ""
    at = note.rfind(" ", 0, SHOWN_OF_NOTE)
    at = SHOWN_OF_NOTE if at < SHOWN_OF_NOTE // 2 else at
    return note[:at], note[at:].lstrip()
