"""Reads MovieLens data sets, a zip or a folder, into plain tuples.

There are four layouts: `u.data`/`u.item` (100K), `ratings.dat`/`movies.dat` (1M, 10M),
`ratings.csv`/`movies.csv`/`links.csv` (20M and later, latest) and `.inter`/`.item` (RecBole's
copy of the 100K set).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from movies.imports.archives import Archive, encoding_of, fingerprint, open_archive
from movies.imports.dataset import DataSet, Meter, MovieLine, OnReject, RatingBlock, SourceError
from movies.imports.movielens.movies import links_reader, movies_reader
from movies.imports.movielens.ratings import Columns, read_ratings
from movies.imports.movielens.scales import check_scale


@dataclass(frozen=True)
class Layout:
    """Which files belong together, and how their fields are separated."""

    ratings: str
    movies: str
    separator: bytes
    columns: tuple[str, ...] | None  # None: the first line names them


LAYOUTS = (
    Layout("ratings.csv", "movies.csv", b",", None),
    Layout("ratings.dat", "movies.dat", b"::", ("userid", "movieid", "rating", "timestamp")),
    Layout("u.data", "u.item", b"\t", ("userid", "movieid", "rating", "timestamp")),
    Layout("*.inter", "*.item", b"\t", None),
)


def open_dataset(path: Path, name: str = "", scale: int | None = None) -> DataSet:
    """The data set in a zip or a folder; checks headers and the zip.

    Args:
        name: The prefix of the raters' usernames; by default it comes from the files and folders.
        scale: The highest possible rating, if it is not half stars up to five.

    Raises:
        SourceError: no known layout, an unsafe or damaged zip, or a wrong header.
    """
    archive = open_archive(path)
    layout, ratings, movies, links = _find_files(archive)
    archive.check([file for file in (ratings, movies, links) if file])
    columns = Columns.of(archive, ratings, layout.separator, layout.columns, scale)
    encoding = encoding_of(archive, movies)
    if layout.movies.endswith(".csv") and encoding != "utf-8":
        raise SourceError(f"{movies} is not UTF-8 text.")
    name = name or _name(archive.path, ratings, layout)
    read_movies = movies_reader(layout.movies, archive, movies, encoding, _key(layout, name))
    read_links = links_reader(archive, links)

    def movies_with_links(on_reject: OnReject) -> Iterator[MovieLine]:
        return _linked(read_movies(on_reject), read_links(on_reject))

    def read_blocks(on_reject: OnReject, meter: Meter) -> Iterator[RatingBlock]:
        return read_ratings(archive, ratings, columns, on_reject, meter)

    return DataSet(
        name=name,
        movies_file=PurePosixPath(movies).name,
        ratings_file=PurePosixPath(ratings).name,
        read_movies=movies_with_links,
        read_rating_blocks=read_blocks,
        check_scale=lambda meter: check_scale(archive, ratings, columns, meter),
        read_fingerprint=lambda: fingerprint(archive, ratings),
        size=archive.size(ratings),
        notes=_notes(archive, ratings),
    )


def _notes(archive: Archive, ratings: str) -> tuple[str, ...]:
    tags = str(PurePosixPath(ratings).with_name("tags.csv"))
    if tags not in archive.names():
        return ()
    return ("tags.csv was not read: the site keeps no tags of movies.",)


def _find_files(archive: Archive) -> tuple[Layout, str, str, str]:
    """The layout and its files, from the topmost folder that has both."""
    names = set(archive.names())
    for layout in LAYOUTS:
        found = []
        for ratings in names:
            path = PurePosixPath(ratings)
            movies = str(path.with_name(layout.movies.replace("*", path.stem)))
            if path.match(layout.ratings) and movies in names:
                found.append((len(path.parts), ratings, movies))
        found.sort()
        if len(found) > 1 and found[0][0] == found[1][0]:
            raise SourceError(f"{archive.path} holds more than one data set.")
        if found:
            _depth, ratings, movies = found[0]
            links = str(PurePosixPath(ratings).with_name("links.csv"))
            return layout, ratings, movies, links if links in names else ""
    pairs = ", ".join(f"{layout.ratings} + {layout.movies}" for layout in LAYOUTS)
    raise SourceError(f"{archive.path} holds no MovieLens data set ({pairs}).")


def _name(path: Path, ratings: str, layout: Layout) -> str:
    """The name, such as 'ml-1m', the same for zip and folder; '' if there is none to be found."""
    inside = PurePosixPath(ratings)
    if layout.ratings == "u.data":
        return "ml-100k"
    if layout.ratings == "*.inter":
        name = inside.stem
    elif len(inside.parts) > 1:
        name = inside.parts[-2]
    else:
        name = path.stem if path.is_file() else path.resolve().name
    name = unicodedata.normalize("NFKC", name).casefold()
    name = re.sub(r"[\W_]+", "-", name).strip("-")[:60].rstrip("-")
    return {"ml-10m100k": "ml-10m"}.get(name, name)


def _key(layout: Layout, name: str) -> str:
    """The prefix for movie numbers that are only valid in this set.

    Empty for the numbers that MovieLens 1M and all later sets share.
    """
    shared = layout.ratings in {"ratings.csv", "ratings.dat"} or re.match("ml-(?!100k)", name)
    return "" if shared else name


def _linked(
    movies: Iterator[MovieLine], links: dict[int, tuple[str, int | None]]
) -> Iterator[MovieLine]:
    for movie in movies:
        imdb_id, tmdb_id = links.get(movie.number, ("", None))
        yield movie._replace(imdb_id=imdb_id, tmdb_id=tmdb_id)
