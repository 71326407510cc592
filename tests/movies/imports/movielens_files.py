"""Writes data sets in every MovieLens layout. All names and numbers in them are invented."""

import zipfile
from pathlib import Path

MOVIES_CSV = """\
movieId,title,genres
1,"Clockmaker, The (1961)",Drama|Mystery
2,Rooftops of Brno (Střechy Brna) (1974),Comedy
3,Nine Lanterns,(no genres listed)
"""
RATINGS_CSV = """\
userId,movieId,rating,timestamp
1,1,4.0,1100000000
1,2,0.5,1100000001
2,1,5.0,1100000002
2,3,3.5,1100000003
"""
LINKS_CSV = """\
movieId,imdbId,tmdbId
1,0054321,111
2,12345678,222
3,0000077,
"""


def write_csv(
    folder: Path,
    movies: str | bytes = MOVIES_CSV,
    ratings: str | bytes = RATINGS_CSV,
    links: str | bytes | None = LINKS_CSV,
) -> Path:
    return write_files(folder, {"movies.csv": movies, "ratings.csv": ratings, "links.csv": links})


def write_files(folder: Path, files: dict[str, str | bytes | None]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        if text is not None:
            (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def write_dat(folder: Path, movies: str, ratings: str, encoding: str = "latin-1") -> Path:
    return write_files(
        folder, {"movies.dat": movies.encode(encoding), "ratings.dat": ratings.encode()}
    )


def u_item(number: int, title: str, date: str = "", genres: tuple[int, ...] = ()) -> str:
    flags = "|".join("1" if index in genres else "0" for index in range(19))
    return f"{number}|{title}|{date}||http://example.org/|{flags}\n"


def write_100k(folder: Path, items: str, data: str) -> Path:
    return write_files(folder, {"u.item": items.encode("latin-1"), "u.data": data})


def zipped(folder: Path, target: Path, top: str = "") -> Path:
    """The folder's files as a zip, under a top folder as GroupLens has it or without."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, f"{top}/{file.name}" if top else file.name)
    return target
