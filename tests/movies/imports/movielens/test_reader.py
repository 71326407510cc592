"""Every MovieLens layout and its quirks, from files to plain tuples. No database."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from movies.imports.dataset import DataSet, Meter, MovieLine, RatingLine, Reject, SourceError
from movies.imports.movielens.fields import half_stars, parse_number, seconds, split_csv
from movies.imports.movielens.reader import open_dataset
from tests.movies.imports.movielens_files import (
    MOVIES_CSV,
    RATINGS_CSV,
    u_item,
    write_100k,
    write_csv,
    write_dat,
    write_files,
    zipped,
)

Read = tuple[list[MovieLine], list[RatingLine], list[Reject]]


def read(data_set: DataSet) -> Read:
    rejects: list[Reject] = []
    movies = list(data_set.read_movies(rejects.append))
    return movies, list(data_set.read_ratings(rejects.append, Meter(0))), rejects


def reasons(rejects: list[Reject]) -> list[tuple[str, int]]:
    return [(reject.file, reject.line) for reject in rejects]


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


class TestCsv:
    def test_imdb_numbers_keep_their_zeros_and_may_have_eight_digits(self, tmp_path: Path) -> None:
        movies, *_ = read(open_dataset(write_csv(tmp_path)))
        assert [movie.imdb_id for movie in movies] == ["tt0054321", "tt12345678", "tt0000077"]
        assert [movie.tmdb_id for movie in movies] == [111, 222, None]

    def test_links_may_be_missing(self, tmp_path: Path) -> None:
        movies, _ratings, rejects = read(open_dataset(write_csv(tmp_path, links=None)))
        assert len(movies) == 3
        assert not rejects

    def test_a_byte_order_mark_crlf_and_blank_lines_mean_nothing(self, tmp_path: Path) -> None:
        plain = read(open_dataset(write_csv(tmp_path / "a")))

        def dressed(text: str) -> bytes:
            return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() + b"\r\n\r\n"

        windows = write_csv(tmp_path / "b", dressed(MOVIES_CSV), dressed(RATINGS_CSV))
        assert read(open_dataset(windows)) == plain

    def test_doubled_quotes(self, tmp_path: Path) -> None:
        movies = (
            'movieId,title,genres\n5,"""Big Halls"" Bells (1998)",Comedy\n'
            '6,"11\'09""01 (2002)",Drama\n'
        )
        parsed, *_ = read(open_dataset(write_csv(tmp_path, movies)))
        assert [movie.title for movie in parsed] == ['"Big Halls" Bells', "11'09\"01"]

    def test_a_quote_never_closed_costs_its_own_line(self, tmp_path: Path) -> None:
        movies = 'movieId,title,genres\n1,"Open (1999),Drama\n2,Next (2000),Drama\n'
        ratings = RATINGS_CSV + '3,"1,4.0,1100000000\n3,2,4.0,1100000000\n'
        parsed, taken, rejects = read(open_dataset(write_csv(tmp_path, movies, ratings)))
        assert [movie.number for movie in parsed] == [2]
        assert reasons(rejects) == [("movies.csv", 2), ("ratings.csv", 6)]
        assert taken[-1][:3] == (7, 3, 2)

    def test_columns_are_found_by_their_names(self, tmp_path: Path) -> None:
        ratings = "rating,timestamp,movieId,userId\n4.5,1100000000,2,7\n"
        _movies, taken, _ = read(open_dataset(write_csv(tmp_path, ratings=ratings)))
        assert taken == [(2, 7, 2, 9, 1100000000)]

    @pytest.mark.parametrize("ratings", ["", "userId,movieId,rating,timestamp\n"])
    def test_no_ratings_are_no_mistake(self, tmp_path: Path, ratings: str) -> None:
        _movies, taken, rejects = read(open_dataset(write_csv(tmp_path, ratings=ratings)))
        assert taken == rejects == []

    @pytest.mark.parametrize(
        "ratings",
        [
            "userId;movieId;rating;timestamp\n1;1;4.0;1\n",
            "Date,Name,Year,Letterboxd URI,Rating\n",
            "1,1,4.0,1100000000\n",
            RATINGS_CSV.encode("utf-16"),
            RATINGS_CSV.replace("\n", "\r"),
        ],
    )
    def test_another_header_is_unusable(self, tmp_path: Path, ratings: str | bytes) -> None:
        with pytest.raises(SourceError, match="ratings"):
            open_dataset(write_csv(tmp_path, ratings=ratings))

    def test_movies_that_are_not_utf8_are_unusable(self, tmp_path: Path) -> None:
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
            "9,Ti\0tle (1999),Drama",
            "9,Ti\x1b[31mtle (1999),Drama",
            "1,Again (1999),Drama",
        ],
    )
    def test_a_movie_that_is_none(self, tmp_path: Path, movie: str) -> None:
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
    def test_a_rating_that_is_none(self, tmp_path: Path, rating: str) -> None:
        source = write_csv(tmp_path, ratings=RATINGS_CSV + rating + "\n" + "3,3,1,1100000000\n")
        _movies, ratings, rejects = read(open_dataset(source))
        assert reasons(rejects) == [("ratings.csv", 6)]
        assert [rating[0] for rating in ratings] == [2, 3, 4, 5, 7]
        assert len(rejects[0].text) <= 200

    def test_a_bad_link_costs_the_link_only(self, tmp_path: Path) -> None:
        links = "movieId,imdbId,tmdbId\n1,tt123,1\n2,123,\n3,,x\n"
        movies, _ratings, rejects = read(open_dataset(write_csv(tmp_path, links=links)))
        assert [movie.imdb_id for movie in movies] == ["", "tt0000123", ""]
        assert reasons(rejects) == [("links.csv", 2), ("links.csv", 4)]


class TestDat:
    MOVIES = "1::Détour, Le (1965)::Drama|Children's\n2::Ratio 1::2 (1999)::Sci-Fi\n"
    RATINGS = "1::1::5::978300760\n1::2::4.5::978302109\n"

    @pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
    def test_the_encoding_is_found_out(self, tmp_path: Path, encoding: str) -> None:
        source = write_dat(tmp_path / "ml-1m", self.MOVIES, self.RATINGS, encoding)
        movies, ratings, rejects = read(open_dataset(source))
        assert [movie.title for movie in movies] == ["Le Détour", "Ratio 1::2"]
        assert movies[0].genres == ("Drama", "Children")
        assert [movie.movielens_id for movie in movies] == [1, 2]
        assert ratings == [(1, 1, 1, 10, 978300760), (2, 1, 2, 9, 978302109)]
        assert not rejects

    def test_the_folder_of_10m_names_the_set(self, tmp_path: Path) -> None:
        source = write_dat(tmp_path / "ml-10M100K", self.MOVIES, self.RATINGS)
        assert open_dataset(source).name == "ml-10m"

    def test_a_short_line(self, tmp_path: Path) -> None:
        source = write_dat(tmp_path, self.MOVIES + "3::x\n", self.RATINGS + "1::2::3\n")
        *_, rejects = read(open_dataset(source))
        assert reasons(rejects) == [("movies.dat", 3), ("ratings.dat", 3)]


class Test100K:
    ITEMS = (
        u_item(1, "Café Nord (1994)", "01-Jan-1994", (5, 8))
        + u_item(2, "Kite, The (1995) (V)", "01-Jan-1995", (4,))
        + u_item(3, "unknown", "", (0,))
        + u_item(4, "No Year Here", "02-Feb-1971")
    )
    DATA = "196\t1\t3\t881250949\n22\t3\t1\t878887116\n"

    def test_it_works(self, tmp_path: Path) -> None:
        data_set = open_dataset(write_100k(tmp_path / "whatever", self.ITEMS, self.DATA))
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
    def test_a_line_that_is_no_movie(self, tmp_path: Path, item: str) -> None:
        source = write_100k(tmp_path, self.ITEMS + item, self.DATA)
        *_, rejects = read(open_dataset(source))
        assert reasons(rejects) == [("u.item", 5)]


class TestRecBole:
    ITEM = (
        "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"
        "1\tKite, The\t1995\tAnimation Children's\n"
        "2\tunkonwn\tunkonwn\tunknown\n"
        "3\tLate One (1995)\tV\tComedy\n"
    )
    INTER = (
        "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
        "5\t1\t3\t881250949\n5\t2\t4.0\t881250950.0\n"
    )

    def files(self, name: str) -> dict[str, str | bytes | None]:
        return {f"{name}.item": self.ITEM, f"{name}.inter": self.INTER}

    def test_it_works(self, tmp_path: Path) -> None:
        data_set = open_dataset(write_files(tmp_path, self.files("ml-100k")))
        movies, ratings, rejects = read(data_set)
        assert data_set.name == "ml-100k"
        assert [movie.title for movie in movies] == ["The Kite", "unknown", "Late One"]
        assert [movie.year for movie in movies] == [1995, None, 1995]
        assert movies[0].genres == ("Animation", "Children")
        assert movies[2].catalogue_key == "ml-100k:3"
        assert ratings == [(2, 5, 1, 6, 881250949), (3, 5, 2, 8, 881250950)]
        assert not rejects

    def test_later_sets_share_their_numbers(self, tmp_path: Path) -> None:
        movies, *_ = read(open_dataset(write_files(tmp_path, self.files("ml-1m"))))
        assert movies[0].movielens_id == 1
        assert movies[0].catalogue_key is None


class TestWhereTheFilesAre:
    @pytest.mark.parametrize("top", ["", "ml-tiny"])
    def test_zip_and_folder_say_the_same(self, tmp_path: Path, top: str) -> None:
        folder = write_csv(tmp_path / "ml-tiny")
        archive = zipped(folder, tmp_path / "ml-tiny.zip", top)
        assert open_dataset(archive).name == "ml-tiny"
        assert read(open_dataset(archive)) == read(open_dataset(folder))

    def test_a_folder_around_the_folder(self, tmp_path: Path) -> None:
        write_csv(tmp_path / "outer" / "ml-tiny")
        assert open_dataset(tmp_path / "outer").name == "ml-tiny"

    def test_two_data_sets_are_one_too_many(self, tmp_path: Path) -> None:
        write_csv(tmp_path / "outer" / "a")
        write_csv(tmp_path / "outer" / "b")
        with pytest.raises(SourceError, match="more than one"):
            open_dataset(tmp_path / "outer")

    @pytest.mark.parametrize("files", [{}, {"ratings.csv": RATINGS_CSV}, {"u.data": ""}])
    def test_nothing_to_be_found(self, tmp_path: Path, files: dict[str, str]) -> None:
        with pytest.raises(SourceError, match="no MovieLens data set"):
            open_dataset(write_files(tmp_path / "x", dict(files)))

    def test_no_such_path(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="does not exist"):
            open_dataset(tmp_path / "nowhere")


Fields = Callable[[bytes], object]


@pytest.mark.parametrize(
    "parse", [half_stars, seconds, split_csv, lambda field: parse_number(field, "number")]
)
@given(st.binary(max_size=60))
def test_any_field_is_read_or_refused(parse: Fields, field: bytes) -> None:
    try:
        parse(field)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either outcome is right, another exception is not


@given(st.floats(0.5, 5.0) | st.sampled_from([x / 2 for x in range(1, 11)]))
def test_half_stars_are_on_the_grid(stars: float) -> None:
    try:
        half = half_stars(repr(stars).encode())
    except ValueError:
        assert stars * 2 != round(stars * 2)
    else:
        assert half == stars * 2


@given(st.lists(st.text(st.characters(exclude_characters='\r\n"', exclude_categories=["Cs"]))))
def test_quoted_fields_come_back(fields: list[str]) -> None:
    line = ",".join(f'"{field}"' for field in fields).encode()
    if fields:
        assert [field.decode() for field in split_csv(line)] == fields
