"""Trakt: Settings > Data, a zip of JSON files; or the CSV tables of its older exports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy

from movies.models import ImportedRow
from movies.my_imports.parsing import fields, tables
from movies.my_imports.parsing.entries import Entry, NoRating, NotAFilm
from movies.my_imports.parsing.formats import CsvFile, JsonFile, Source
from movies.my_imports.parsing.viewings import viewing

Kind = ImportedRow.Kind


def _film(item: dict[str, Any]) -> dict:
    movie = item.get("movie")
    if not isinstance(movie, dict):
        raise NotAFilm
    ids = movie.get("ids") if isinstance(movie.get("ids"), dict) else {}
    return {
        "title": fields.text(movie.get("title")),
        "year": fields.year(movie.get("year")),
        "imdb_id": fields.imdb_id(ids.get("imdb")),
        "tmdb_id": fields.number(ids.get("tmdb")),
    }


def read_rating(item: dict[str, Any]) -> Iterator[Entry]:
    film, value = _film(item), fields.rating(item["rating"])
    if not value:
        raise NoRating
    yield Entry(Kind.RATING, value=value, at=fields.moment(item["rated_at"]), **film)


def read_watched(item: dict[str, Any]) -> Iterator[Entry]:
    """One object a film: of several viewings only the last has a date."""
    film = {**_film(item), "at": fields.moment(item["last_watched_at"])}
    yield Entry(Kind.SEEN, **film)


def read_history(item: dict[str, Any]) -> Iterator[Entry]:
    film = {**_film(item), "at": fields.moment(item["watched_at"])}
    yield Entry(Kind.SEEN, **film)
    yield viewing(film)


def read_watchlist(item: dict[str, Any]) -> Iterator[Entry]:
    yield Entry(Kind.WATCHLIST, at=fields.moment(item["listed_at"]), **_film(item))


def read_row(row: tables.Cells) -> Iterator[Entry]:
    """A row of a table; which of the times it has tells what it says."""
    if row.get("type", "movie").strip().casefold() not in ("", "movie"):
        raise NotAFilm
    ids = {"imdb": row.get("imdb id"), "tmdb": row.get("tmdb id")}
    movie = {"title": row.get("title"), "year": row.get("year"), "ids": ids}
    times = {name.replace(" ", "_"): row.get(name) for name in _TIMES}
    item = {"movie": movie, "rating": row.get("rating"), **times}
    reads = [read for name, read in _TIMES.items() if row.get(name, "").strip()]
    if not reads:
        raise NoRating
    for read in reads:
        yield from read(item)


_TIMES = {
    "rated at": read_rating,
    "watched at": read_history,
    "listed at": read_watchlist,
    "watchlisted at": lambda item: read_watchlist({**item, "listed_at": item["watchlisted_at"]}),
}
SOURCE = Source(
    "trakt",
    "Trakt",
    scale="10",
    where=gettext_lazy("Go to Settings > Data > Export. Upload the zip as it is."),
    files=(
        JsonFile(read_rating, frozenset({"rated_at", "rating", "type"})),
        JsonFile(read_watched, frozenset({"last_watched_at", "plays"})),
        JsonFile(read_history, frozenset({"watched_at", "action", "type"})),
        JsonFile(read_watchlist, frozenset({"listed_at", "type"}), prefix="lists-watchlist"),
        JsonFile(read_watchlist, frozenset({"listed_at", "type"}), prefix="watchlist"),
        *(CsvFile(read_row, frozenset({name, "type", "imdb id", "tmdb id"})) for name in _TIMES),
    ),
)
