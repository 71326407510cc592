"""Parses the movies of a MovieLens set, and their ids on IMDb and TMDB."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import NamedTuple, TypeAlias

from cfsite.lib.text import one_line
from movies.imports.archives import Archive, first_line, read_lines
from movies.imports.dataset import MovieLine, OnReject
from movies.imports.movielens.fields import (
    check_columns,
    column_names,
    parse_number,
    rejected,
    splitter,
)
from movies.imports.movielens.titles import EARLIEST, LATEST, parse_title

# The order of the flags in u.item; u.genre of the same set lists them.
U_ITEM_GENRES = [
    "unknown",
    "Action",
    "Adventure",
    "Animation",
    "Children's",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Fantasy",
    "Film-Noir",
    "Horror",
    "Musical",
    "Mystery",
    "Romance",
    "Sci-Fi",
    "Thriller",
    "War",
    "Western",
]
U_ITEM_FIELDS = 5 + len(U_ITEM_GENRES)

_GENRE_NAMES = {"Children's": "Children", "(no genres listed)": "", "unknown": ""}
_MAX_TITLE, _MAX_GENRE = 300, 60

ReadMovies: TypeAlias = Callable[[OnReject], Iterator[MovieLine]]
ReadLinks: TypeAlias = Callable[[OnReject], dict[int, tuple[str, int | None]]]
ParseMovie: TypeAlias = Callable[[list[str]], MovieLine]
Split: TypeAlias = Callable[[bytes], list[bytes]]


def parse_u_item(fields: list[str]) -> MovieLine:
    if len(fields) != U_ITEM_FIELDS:
        raise ValueError(f"{len(fields)} fields where {U_ITEM_FIELDS} are expected")
    flags = fields[5:]
    if set(flags) - {"0", "1"}:
        raise ValueError("a genre flag is neither 0 nor 1")
    genres = [name for name, flag in zip(U_ITEM_GENRES, flags, strict=True) if flag == "1"]
    return _movie(fields[0], fields[1], genres, year=fields[2][-4:])


def parse_dat(fields: list[str]) -> MovieLine:
    if len(fields) < 3:
        raise ValueError(f"{len(fields)} fields where 3 are expected")
    return _movie(fields[0], "::".join(fields[1:-1]), fields[-1].split("|"))


def parse_csv(fields: list[str]) -> MovieLine:
    number, title, genres, year = fields
    return _movie(number, title, genres.split("|"), year.removesuffix(".0"))


def parse_item(fields: list[str]) -> MovieLine:
    """RecBole's format: the year has its own column, which contains 'V' for one video."""
    number, title, year, genres = fields
    title = "unknown" if title == "unkonwn" else title
    return _movie(number, title, genres.split(" "), year)


def _movie(number: str, text: str, genres: list[str], year: str = "") -> MovieLine:
    parsed = parse_title(text)
    if not parsed.title:
        raise ValueError("no title")
    if len(parsed.title) > _MAX_TITLE or len(parsed.original_title) > _MAX_TITLE:
        raise ValueError(f"a title of more than {_MAX_TITLE} characters")
    return MovieLine(
        line=0,
        number=parse_number(number.encode(), "movie number"),
        title=parsed.title,
        original_title=parsed.original_title,
        year=parsed.year or _plausible_year(year),
        genres=parse_genres(genres),
    )


def _plausible_year(text: str) -> int | None:
    if re.fullmatch(r"[0-9]{4}", text) and EARLIEST <= int(text) <= LATEST:
        return int(text)
    return None


def parse_genres(names: list[str]) -> tuple[str, ...]:
    """Genres by their current names, without duplicates and placeholders for "none"."""
    plain = [_GENRE_NAMES.get(name, name) for name in map(one_line, names)]
    for name in plain:
        if len(name) > _MAX_GENRE:
            raise ValueError(f"no genre: {name[:40]!r}")
    return tuple(dict.fromkeys(filter(None, plain)))


class _Header(NamedTuple):
    """The columns of a file whose first line names them, in the order of its parser."""

    names: tuple[str, ...]
    optional: tuple[str, ...] = ()


# For each movies file: separator, parser, and the columns it takes.
_FORMATS: dict[str, tuple[bytes, ParseMovie, _Header | None]] = {
    "movies.csv": (
        b",",
        parse_csv,
        _Header(("movieid", "title", "genres", "year"), ("genres", "year")),
    ),
    "movies.dat": (b"::", parse_dat, None),
    "u.item": (b"|", parse_u_item, None),
    "*.item": (b"\t", parse_item, _Header(("movieid", "movietitle", "releaseyear", "class"))),
}
_LINKS = _Header(("movieid", "imdbid", "tmdbid"), ("imdbid", "tmdbid"))


def movies_reader(layout: str, archive: Archive, file: str, encoding: str, key: str) -> ReadMovies:
    """A function that reads the movies of this file.

    `key` is the prefix of catalogue keys; empty if the numbers are shared by all MovieLens sets.

    Raises:
        SourceError: a column is missing.
    """
    separator, parse, header = _FORMATS[layout]
    split = _picker(archive, file, separator, header) if header else splitter(separator)
    name = PurePosixPath(file).name

    def read(on_reject: OnReject) -> Iterator[MovieLine]:
        first_lines: dict[int, int] = {}
        for line, text in read_lines(archive, file, on_reject):
            if header and line == 1:
                continue
            try:
                movie = parse([field.decode(encoding) for field in split(text)])
                if (first := first_lines.setdefault(movie.number, line)) != line:
                    raise ValueError(f"movie {movie.number} stands on line {first} already")
            except ValueError as error:
                on_reject(rejected(name, line, error, text))
            else:
                yield _keyed(movie._replace(line=line), key)

    return read


def _picker(archive: Archive, file: str, separator: bytes, header: _Header) -> Split:
    """A function that splits a line and picks the columns, wherever they are; blank if missing."""
    found = column_names(first_line(archive, file), separator)
    needed = tuple(name for name in header.names if name not in header.optional)
    check_columns(file, found, needed, header.optional)
    places = [found.index(name) if name in found else None for name in header.names]
    split = splitter(separator)

    def pick(line: bytes) -> list[bytes]:
        fields = split(line)
        if len(fields) != len(found):
            raise ValueError(f"{len(fields)} fields where {len(found)} are expected")
        return [b"" if place is None else fields[place].strip(b" ") for place in places]

    return pick


def _keyed(movie: MovieLine, key: str) -> MovieLine:
    if key:
        return movie._replace(catalogue_key=f"{key}:{movie.number}")
    return movie._replace(movielens_id=movie.number)


def links_reader(archive: Archive, file: str) -> ReadLinks:
    """A function that reads IMDb id and TMDB id by movie number from links.csv.

    Raises:
        SourceError: a column is missing.
    """
    if not file:
        return lambda on_reject: {}
    pick, name = _picker(archive, file, b",", _LINKS), PurePosixPath(file).name

    def read(on_reject: OnReject) -> dict[int, tuple[str, int | None]]:
        links: dict[int, tuple[str, int | None]] = {}
        for line, text in read_lines(archive, file, on_reject):
            if line == 1:
                continue
            try:
                number, imdb_id, tmdb_id = _link(pick(text))
                links[number] = imdb_id, tmdb_id
            except ValueError as error:
                on_reject(rejected(name, line, error, text))
        return links

    return read


def _link(fields: list[bytes]) -> tuple[int, str, int | None]:
    """IMDb ids have seven or more digits; two movies may share a TMDB id."""
    number, imdb, tmdb = fields
    if imdb and not re.fullmatch(rb"[0-9]{1,9}", imdb):
        raise ValueError(f"no IMDb number: {imdb[:40].decode('latin-1')!r}")
    return (
        parse_number(number, "movie number"),
        f"tt{int(imdb):07d}" if imdb else "",
        parse_number(tmdb, "TMDB number") if tmdb else None,
    )
