"""IMDb: Your ratings, Watchlist and lists, in all the headers they have had since 2012."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy

from movies.models import ImportedRow
from movies.my_imports.parsing import fields, tables
from movies.my_imports.parsing.entries import Entry, NoRating, NotAFilm
from movies.my_imports.parsing.formats import CsvFile, Source

# Title types in the spellings of both eras, without blanks; all others are series or games.
FILMS = {"", "movie", "featurefilm", "tvmovie", "short", "video", "tvspecial", "documentary"}
FILMS |= {"feature", "shortfilm", "tvshort", "musicvideo"}


def _film(row: tables.Cells) -> dict:
    kind = row.get("title type", "").replace(" ", "").casefold()
    if kind not in FILMS:
        raise NotAFilm
    original = fields.text(row.get("original title"))
    return {
        "title": fields.text(row["title"]),
        "year": fields.year(row.get("year")),
        "imdb_id": fields.imdb_id(row["const"]),
        "details": {"original_title": original} if original else {},
    }


def read_rating(row: tables.Cells) -> Iterator[Entry]:
    film = _film(row)
    value = fields.rating(row.get("your rating") or row.get("you rated"))
    if not value:
        raise NoRating
    when = row.get("date rated") or row.get("date added") or row.get("created")
    yield Entry(ImportedRow.Kind.RATING, value=value, at=fields.moment(when), **film)


def read_watchlist(row: tables.Cells) -> Iterator[Entry]:
    """A watchlist, whose films may have been rated since."""
    film = _film(row)
    created = fields.moment(row.get("created"))
    if value := fields.rating(row.get("your rating")):
        rated = fields.moment(row.get("date rated"))
        yield Entry(ImportedRow.Kind.RATING, value=value, at=rated, **film)
    else:
        yield Entry(ImportedRow.Kind.WATCHLIST, at=created, **film)


_LIST = frozenset({"position", "const", "created", "title"})
SOURCE = Source(
    "imdb",
    "IMDb",
    scale="10",
    where=gettext_lazy("Open Your ratings or Watchlist, then choose Export."),
    files=(
        CsvFile(read_rating, frozenset({"const", "title", "you rated"})),
        CsvFile(read_watchlist, _LIST),
        CsvFile(read_rating, frozenset({"const", "title", "your rating"})),
    ),
)
