"""The layouts of MovieLens 100K, 1M, 10M, and RecBole's copy of 100K."""

from pathlib import Path

import pytest

from movies.imports.movielens.reader import open_dataset
from tests.movies.imports.movielens.reading import read, reasons
from tests.movies.imports.movielens_files import (
    u_item,
    write_100k,
    write_dat,
    write_files,
)

DAT_MOVIES = "1::Détour, Le (1965)::Drama|Children's\n2::Ratio 1::2 (1999)::Sci-Fi\n"


DAT_RATINGS = "1::1::5::978300760\n1::2::4.5::978302109\n"


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_the_encoding_is_detected(tmp_path: Path, encoding: str) -> None:
    source = write_dat(tmp_path / "ml-1m", DAT_MOVIES, DAT_RATINGS, encoding)
    movies, ratings, rejects = read(open_dataset(source))
    assert [movie.title for movie in movies] == ["Le Détour", "Ratio 1::2"]
    assert movies[0].genres == ("Drama", "Children")
    assert [movie.movielens_id for movie in movies] == [1, 2]
    assert ratings == [(1, 1, 1, 10, 978300760), (2, 1, 2, 9, 978302109)]
    assert not rejects


def test_the_folder_of_10m_names_the_set(tmp_path: Path) -> None:
    source = write_dat(tmp_path / "ml-10M100K", DAT_MOVIES, DAT_RATINGS)
    assert open_dataset(source).name == "ml-10m"


def test_short_lines_are_rejected(tmp_path: Path) -> None:
    source = write_dat(tmp_path, DAT_MOVIES + "3::x\n", DAT_RATINGS + "1::2::3\n")
    *_, rejects = read(open_dataset(source))
    assert reasons(rejects) == [("movies.dat", 3), ("ratings.dat", 3)]


U_ITEMS = (
    u_item(1, "Café Nord (1994)", "01-Jan-1994", (5, 8))
    + u_item(2, "Kite, The (1995) (V)", "01-Jan-1995", (4,))
    + u_item(3, "unknown", "", (0,))
    + u_item(4, "No Year Here", "02-Feb-1971")
)


U_DATA = "196\t1\t3\t881250949\n22\t3\t1\t878887116\n"


def test_u_data(tmp_path: Path) -> None:
    data_set = open_dataset(write_100k(tmp_path / "whatever", U_ITEMS, U_DATA))
    movies, ratings, rejects = read(data_set)
    assert data_set.name == "ml-100k"
    assert [movie.title for movie in movies] == [
        "Café Nord",
        "The Kite",
        "unknown",
        "No Year Here",
    ]
    assert [movie.year for movie in movies] == [1994, 1995, None, 1971]
    assert [movie.genres for movie in movies] == [("Comedy", "Drama"), ("Children",), (), ()]
    assert movies[0].catalogue_key == "ml-100k:1"
    assert movies[0].movielens_id is None
    assert ratings == [(1, 196, 1, 6, 881250949), (2, 22, 3, 2, 878887116)]
    assert not rejects


@pytest.mark.parametrize("item", ["5|Short (1999)|x\n", u_item(5, "T (1999)")[:-2] + "7\n"])
def test_invalid_lines_of_u_item_are_rejected(tmp_path: Path, item: str) -> None:
    source = write_100k(tmp_path, U_ITEMS + item, U_DATA)
    *_, rejects = read(open_dataset(source))
    assert reasons(rejects) == [("u.item", 5)]


RECBOLE_ITEM = (
    "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"
    "1\tKite, The\t1995\tAnimation Children's\n"
    "2\tunkonwn\tunkonwn\tunknown\n"
    "3\tLate One (1995)\tV\tComedy\n"
)


RECBOLE_INTER = (
    "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
    "5\t1\t3\t881250949\n5\t2\t4.0\t881250950.0\n"
)


def recbole_files(name: str) -> dict[str, str | bytes | None]:
    return {f"{name}.item": RECBOLE_ITEM, f"{name}.inter": RECBOLE_INTER}


def test_inter_and_item(tmp_path: Path) -> None:
    data_set = open_dataset(write_files(tmp_path, recbole_files("ml-100k")))
    movies, ratings, rejects = read(data_set)
    assert data_set.name == "ml-100k"
    assert [movie.title for movie in movies] == ["The Kite", "unknown", "Late One"]
    assert [movie.year for movie in movies] == [1995, None, 1995]
    assert movies[0].genres == ("Animation", "Children")
    assert movies[2].catalogue_key == "ml-100k:3"
    assert ratings == [(2, 5, 1, 6, 881250949), (3, 5, 2, 8, 881250950)]
    assert not rejects


def test_later_sets_share_their_numbers(tmp_path: Path) -> None:
    movies, *_ = read(open_dataset(write_files(tmp_path, recbole_files("ml-1m"))))
    assert movies[0].movielens_id == 1
    assert movies[0].catalogue_key is None
