"""Parses the movies of a MovieLens set, and their ids on IMDb and TMDB."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from movies.imports.archives import Archive, first_line, read_lines
from movies.imports.dataset import MovieLine, OnReject, SourceError
from movies.imports.movielens.fields import column_names, parse_number, rejected, splitter
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
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

ReadMovies = Callable[[OnReject], Iterator[MovieLine]]
ParseMovie = Callable[[list[str]], MovieLine]


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
    if len(fields) != 3:
        raise ValueError(f"{len(fields)} fields where 3 are expected")
    return _movie(fields[0], fields[1], fields[2].split("|"))


def parse_item(fields: list[str]) -> MovieLine:
    """RecBole's format: the year has its own column, which contains 'V' for one video."""
    if len(fields) != 4:
        raise ValueError(f"{len(fields)} fields where 4 are expected")
    title = "unknown" if fields[1] == "unkonwn" else fields[1]
    return _movie(fields[0], title, fields[3].split(" "), year=fields[2])


def _movie(number: str, text: str, genres: list[str], year: str = "") -> MovieLine:
    if _CONTROL.search(text):
        raise ValueError("a control character in the title")
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
    plain = [_GENRE_NAMES.get(name.strip(), name.strip()) for name in names]
    for name in plain:
        if len(name) > _MAX_GENRE or _CONTROL.search(name):
            raise ValueError(f"no genre: {name[:40]!r}")
    return tuple(dict.fromkeys(filter(None, plain)))


# For each movies file: separator, parser, and required header.
_FORMATS: dict[str, tuple[bytes, ParseMovie, tuple[str, ...]]] = {
    "movies.csv": (b",", parse_csv, ("movieid", "title", "genres")),
    "movies.dat": (b"::", parse_dat, ()),
    "u.item": (b"|", parse_u_item, ()),
    "*.item": (b"\t", parse_item, ("movieid", "movietitle", "releaseyear", "class")),
}


def movies_reader(layout: str, archive: Archive, file: str, encoding: str, key: str) -> ReadMovies:
    """A function that reads the movies of this file.

    `key` is the prefix of catalogue keys; empty if the numbers are shared by all MovieLens sets.

    Raises:
        SourceError: the header names other columns.
    """
    separator, parse, header = _FORMATS[layout]
    if header:
        _check_header(archive, file, separator, header)
    split = splitter(separator)
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


def _check_header(archive: Archive, file: str, separator: bytes, wanted: tuple[str, ...]) -> None:
    names = column_names(first_line(archive, file), separator)
    if not any(names):
        raise SourceError(f"{file} is empty.")
    if tuple(names) != wanted:
        raise SourceError(
            f"{file}: the first line must name {', '.join(wanted)}; "
            f"it is {', '.join(names)[:120]!r}."
        )


def _keyed(movie: MovieLine, key: str) -> MovieLine:
    if key:
        return movie._replace(catalogue_key=f"{key}:{movie.number}")
    return movie._replace(movielens_id=movie.number)


def read_links(
    archive: Archive, file: str, on_reject: OnReject
) -> dict[int, tuple[str, int | None]]:
    """IMDb id and TMDB id by movie number, from links.csv."""
    links: dict[int, tuple[str, int | None]] = {}
    if not file:
        return links
    split, name = splitter(b","), PurePosixPath(file).name
    for line, text in read_lines(archive, file, on_reject):
        if line == 1:
            continue
        try:
            number, imdb_id, tmdb_id = _link(split(text))
            links[number] = imdb_id, tmdb_id
        except ValueError as error:
            on_reject(rejected(name, line, error, text))
    return links


def _link(fields: list[bytes]) -> tuple[int, str, int | None]:
    """IMDb ids have seven or more digits; two movies may share a TMDB id."""
    if len(fields) != 3:
        raise ValueError(f"{len(fields)} fields where 3 are expected")
    number, imdb, tmdb = (field.strip() for field in fields)
    if imdb and not re.fullmatch(rb"[0-9]{1,9}", imdb):
        raise ValueError(f"no IMDb number: {imdb[:40].decode('latin-1')!r}")
    return (
        parse_number(number, "movie number"),
        f"tt{int(imdb):07d}" if imdb else "",
        parse_number(tmdb, "TMDB number") if tmdb else None,
    )
