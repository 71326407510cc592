"""Columns of CSV data sets: found by their names, or refused naming what is wrong."""

from pathlib import Path

import pytest

from movies.imports.dataset import SourceError
from movies.imports.movielens.reader import open_dataset
from tests.movies.imports.movielens.reading import Read, read, reasons
from tests.movies.imports.movielens_files import LINKS_CSV, MOVIES_CSV, RATINGS_CSV, write_csv

RATINGS = """\
, rating, timestamp, "note, if any", movieId, userId
0, 4.0, 1100000000, "a, b", 1, 1
1, 0.5, 1100000001,, 2, 1
2, 5.0, 1100000002, "", 1, 2
3, 3.5, 1100000003, -, 3, 2
"""
MOVIES = """\
,genres,title,movieId,runtime
0, Drama|Mystery, "Clockmaker, The (1961)", 1, 90
1, Comedy, Rooftops of Brno (Střechy Brna) (1974), 2,
2, (no genres listed), Nine Lanterns, 3, 100
"""
LINKS = """\
"",tmdbId,movieId,imdbId
0, 111, 1, 0054321
1, 222, 2, 12345678
2, , 3, 0000077
"""


@pytest.fixture
def plain(tmp_path: Path) -> Read:
    return read(open_dataset(write_csv(tmp_path / "plain")))


def test_it_works(tmp_path: Path, plain: Read) -> None:
    """An index, other columns, another order, and spaces after commas."""
    assert read(open_dataset(write_csv(tmp_path / "other", MOVIES, RATINGS, LINKS))) == plain


@pytest.mark.parametrize("file", ["movies", "ratings", "links"])
def test_a_set_that_pandas_has_written(tmp_path: Path, plain: Read, file: str) -> None:
    """With an index and everything in quotes."""
    text = {"movies": MOVIES_CSV, "ratings": RATINGS_CSV, "links": LINKS_CSV}[file]
    header, *lines = text.splitlines()
    indexed = [f'"",{header}', *(f'"{n}",{line}' for n, line in enumerate(lines))]
    source = write_csv(tmp_path / "other", **{file: "\n".join(indexed) + "\n"})
    assert read(open_dataset(source)) == plain


def test_a_year_of_its_own_and_no_genres(tmp_path: Path) -> None:
    movies = "movieId,title,year\n1,The Clockmaker,1961\n2,Nine Lanterns (1950),1951.0\n3,Kites,\n"
    found, _ratings, rejects = read(open_dataset(write_csv(tmp_path, movies)))
    assert [(movie.title, movie.year) for movie in found] == [
        ("The Clockmaker", 1961),
        ("Nine Lanterns", 1950),
        ("Kites", None),
    ]
    assert not rejects


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"movies": "id,title,genres\n"}, "movies.csv: no column is named movieid; the first.*id"),
        ({"movies": "movieId,name\n"}, "movies.csv: no column is named title"),
        ({"movies": "movieId,title,Title\n"}, "movies.csv: two columns are named title"),
        ({"ratings": "userId,rating\n"}, "ratings.csv: no column is named movieid"),
        ({"ratings": "user,movie,rating\n"}, "no column is named userid or movieid"),
        ({"links": "id,imdbId\n"}, "links.csv: no column is named movieid"),
        ({"links": ""}, "links.csv is empty"),
        ({"ratings": "timestamp," + RATINGS_CSV}, "ratings.csv: two columns are named timestamp"),
    ],
)
def test_a_missing_or_repeated_column_is_named(
    tmp_path: Path, files: dict[str, str], message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        open_dataset(write_csv(tmp_path, **files))


def test_lines_with_fewer_fields_than_columns_are_rejected(tmp_path: Path) -> None:
    source = write_csv(tmp_path, MOVIES + "3,Drama,Kites,4\n", RATINGS + "4,1.0,5,4\n", LINKS)
    *_, rejects = read(open_dataset(source))
    assert reasons(rejects) == [("movies.csv", 5), ("ratings.csv", 6)]
    assert rejects[0].reason == "4 fields where 5 are expected"
