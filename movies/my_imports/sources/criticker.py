"""Criticker: Export rankings, an XML file."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy

from movies.models import ImportedRow
from movies.my_imports.parsing import fields
from movies.my_imports.parsing.entries import Entry, NoRating
from movies.my_imports.parsing.formats import Source, XmlFile


def read_film(film: dict[str, str]) -> Iterator[Entry]:
    """`tier` is the user's own tenths of all ratings; `rating` is what was given."""
    value = fields.rating(film.get("rating"))
    if value is None:
        raise NoRating
    yield Entry(
        ImportedRow.Kind.RATING,
        title=fields.text(film.get("filmname")),
        imdb_id=fields.imdb_id(film.get("imdbid")),
        value=value,
        at=fields.moment(film.get("reviewdate")),
    )


SOURCE = Source(
    "criticker",
    "Criticker",
    scale="100",
    where=gettext_lazy("Go to My account > Export rankings > XML."),
    files=(XmlFile(read_film, root="recentratings", item="film"),),
)
