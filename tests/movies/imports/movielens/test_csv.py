"""The layout of MovieLens 20M and later: ratings.csv, movies.csv, links.csv."""

from pathlib import Path

import pytest

from movies.imports.dataset import SourceError
from movies.imports.movielens.reader import open_dataset
from tests.movies.imports.movielens.reading import read, reasons
from tests.movies.imports.movielens_files import (
    MOVIES_CSV,
    RATINGS_CSV,
    write_csv,
)


def test_it_works(tmp_path: Path) -> None:
    data_set = open_dataset(write_csv(tmp_path / "ml-tiny"))
    movies, ratings, rejects = read(data_set)
    assert data_set.name == "ml-tiny"
    assert [movie.title for movie in movies] == [
        "The Clockmaker",
        "Rooftops of Brno",
        "Nine Lanterns",
    ]
    assert movies[1].original_title == "Střechy Brna"
    assert [movie.year for movie in movies] == [1961, 1974, None]
    assert [movie.genres for movie in movies] == [("Drama", "Mystery"), ("Comedy",), ()]
    assert [movie.movielens_id for movie in movies] == [1, 2, 3]
    assert ratings[0] == (2, 1, 1, 8, 1100000000)
    assert [rating[3] for rating in ratings] == [8, 1, 10, 7]
    assert rejects == []


def test_imdb_numbers_keep_their_zeros_and_may_have_eight_digits(tmp_path: Path) -> None:
    movies, *_ = read(open_dataset(write_csv(tmp_path)))
    assert [movie.imdb_id for movie in movies] == ["tt0054321", "tt12345678", "tt0000077"]
    assert [movie.tmdb_id for movie in movies] == [111, 222, None]


def test_links_may_be_missing(tmp_path: Path) -> None:
    movies, _ratings, rejects = read(open_dataset(write_csv(tmp_path, links=None)))
    assert len(movies) == 3
    assert not rejects


def test_byte_order_marks_crlf_and_blank_lines_are_ignored(tmp_path: Path) -> None:
    plain = read(open_dataset(write_csv(tmp_path / "a")))

    def dressed(text: str) -> bytes:
        return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() + b"\r\n\r\n"

    windows = write_csv(tmp_path / "b", dressed(MOVIES_CSV), dressed(RATINGS_CSV))
    assert read(open_dataset(windows)) == plain


def test_doubled_quotes(tmp_path: Path) -> None:
    movies = (
        'movieId,title,genres\n5,"""Big Halls"" Bells (1998)",Comedy\n6,"11\'09""01 (2002)",Drama\n'
    )
    parsed, *_ = read(open_dataset(write_csv(tmp_path, movies)))
    assert [movie.title for movie in parsed] == ['"Big Halls" Bells', "11'09\"01"]


def test_an_unclosed_quote_costs_one_line(tmp_path: Path) -> None:
    movies = 'movieId,title,genres\n1,"Open (1999),Drama\n2,Next (2000),Drama\n'
    ratings = RATINGS_CSV + '3,"1,4.0,1100000000\n3,2,4.0,1100000000\n'
    parsed, taken, rejects = read(open_dataset(write_csv(tmp_path, movies, ratings)))
    assert [movie.number for movie in parsed] == [2]
    assert reasons(rejects) == [("movies.csv", 2), ("ratings.csv", 6)]
    assert taken[-1][:3] == (7, 3, 2)


def test_a_set_without_ratings_is_valid(tmp_path: Path) -> None:
    ratings = "userId,movieId,rating,timestamp\n"
    _movies, taken, rejects = read(open_dataset(write_csv(tmp_path, ratings=ratings)))
    assert taken == rejects == []


@pytest.mark.parametrize("empty", ["movies", "ratings"])
@pytest.mark.parametrize("text", ["", "\n", "\ufeff"])
def test_an_empty_file_is_an_error(tmp_path: Path, empty: str, text: str) -> None:
    with pytest.raises(SourceError, match=f"{empty}.csv is empty"):
        open_dataset(write_csv(tmp_path, **{empty: text}))


@pytest.mark.parametrize(
    "ratings",
    [
        "userId;movieId;rating;timestamp\n1;1;4.0;1\n",
        "Date,Name,Year,Letterboxd URI,Rating\n",
        "1,1,4.0,1100000000\n",
        RATINGS_CSV.replace("timestamp", "Rating"),
        RATINGS_CSV.encode("utf-16"),
        RATINGS_CSV.replace("\n", "\r"),
    ],
)
def test_another_header_is_an_error(tmp_path: Path, ratings: str | bytes) -> None:
    with pytest.raises(SourceError, match="ratings"):
        open_dataset(write_csv(tmp_path, ratings=ratings))


def test_csv_movies_that_are_not_utf8_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="UTF-8"):
        open_dataset(write_csv(tmp_path, movies=MOVIES_CSV.encode("iso8859-2")))


@pytest.mark.parametrize(
    "movie",
    [
        "x,Title (1999),Drama",
        "0,Title (1999),Drama",
        "99999999999,Title (1999),Drama",
        "9,,Drama",
        "9, ,Drama",
        "9,Title (1999)",
        "9,Title, with comma (1999),Drama",
        f"9,{'x' * 301} (1999),Drama",
        f"9,Title (1999),{'x' * 61}",
        "9,\0\x1b,Drama",
        "1,Again (1999),Drama",
    ],
)
def test_invalid_movies_are_rejected(tmp_path: Path, movie: str) -> None:
    source = write_csv(tmp_path, movies=MOVIES_CSV + movie + "\n")
    movies, _ratings, rejects = read(open_dataset(source))
    assert reasons(rejects) == [("movies.csv", 5)]
    assert len(movies) == 3


@pytest.mark.parametrize(
    "rating",
    [
        "1,1,0,1100000000",
        "1,1,0.0,1100000000",
        "1,1,5.5,1100000000",
        "1,1,3.3,1100000000",
        "1,1,-1,1100000000",
        "1,1,nan,1100000000",
        "1,1,inf,1100000000",
        "1,1,1e0,1100000000",
        "1,1,４,1100000000",
        "1,1,True,1100000000",
        "1,1,,1100000000",
        "1,1,4.0,",
        "1,1,4.0,never",
        "1,1,4.0,-5",
        "1,1,4.0,1100000000000",
        "1,1,4.0",
        "1,1,4.0,1100000000,1",
        ",1,4.0,1100000000",
        "1,,4.0,1100000000",
        "-1,1,4.0,1100000000",
        "1_0,1,4.0,1100000000",
        "99999999999999999999,1,4.0,1100000000",
        "1,1,4\0,1100000000",
        "1,1," + "9" * 5000 + ",1100000000",
        "x" * 100_000,
    ],
)
def test_invalid_ratings_are_rejected(tmp_path: Path, rating: str) -> None:
    source = write_csv(tmp_path, ratings=RATINGS_CSV + rating + "\n" + "3,3,1,1100000000\n")
    _movies, ratings, rejects = read(open_dataset(source))
    assert reasons(rejects) == [("ratings.csv", 6)]
    assert [rating[0] for rating in ratings] == [2, 3, 4, 5, 7]
    assert len(rejects[0].text) <= 200


def test_a_bad_link_costs_only_the_link(tmp_path: Path) -> None:
    links = "movieId,imdbId,tmdbId\n1,tt123,1\n2,123,\n3,,x\n"
    movies, _ratings, rejects = read(open_dataset(write_csv(tmp_path, links=links)))
    assert [movie.imdb_id for movie in movies] == ["", "tt0000123", ""]
    assert reasons(rejects) == [("links.csv", 2), ("links.csv", 4)]
