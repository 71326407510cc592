"""Simkl: Settings > Backup, SimklBackup.json or the zip around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy

from movies.models import ImportedRow
from movies.my_imports.parsing import fields
from movies.my_imports.parsing.entries import Entry, NoRating, NotAFilm
from movies.my_imports.parsing.formats import JsonFile, Source

Kind = ImportedRow.Kind


def read_movie(item: dict[str, Any]) -> Iterator[Entry]:
    movie = item["movie"]
    if not isinstance(movie, dict):
        raise NotAFilm
    ids = movie.get("ids") if isinstance(movie.get("ids"), dict) else {}
    film = {
        "title": fields.text(movie.get("title")),
        "year": fields.year(movie.get("year")),
        "imdb_id": fields.imdb_id(ids.get("imdb")),
        "tmdb_id": fields.number(ids.get("tmdb")),
    }
    value = fields.rating(item.get("user_rating"))
    watched = fields.moment(item.get("last_watched_at"))
    if value:
        rated = fields.moment(item.get("user_rated_at")) or watched
        yield Entry(Kind.RATING, value=value, at=rated, **film)
    elif item["status"] == "completed":
        yield Entry(Kind.SEEN, at=watched, **film)
    elif item["status"] == "plantowatch":
        added = fields.moment(item.get("added_to_watchlist_at"))
        yield Entry(Kind.WATCHLIST, at=added, **film)
    else:
        raise NoRating  # begun, on hold or dropped


SOURCE = Source(
    "simkl",
    "Simkl",
    scale="10",
    where=gettext_lazy("Go to Settings > Backup."),
    files=(JsonFile(read_movie, frozenset({"movie", "status"}), key="movies"),),
)
