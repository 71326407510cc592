"""Any table: columns are named by the user, and the scale is stated before a row is written."""

from __future__ import annotations

import pytest

from accounts.models import User
from movies.models import Movie, PersonalImport, Rating
from movies.my_imports import lifecycle, reading
from movies.my_imports.parsing.entries import Refused
from tests.movies.my_imports import exports
from tests.movies.my_imports.conftest import Import

TABLE = "Film;Jahr;Note;Gesehen am\nAlien;1979;9;2020-03-01\nHeat;1995;8;\n"
COLUMNS = {"title": "film", "year": "jahr", "rating": "note", "date": "gesehen am"}


def answer(asking: PersonalImport, scale: str = "10", **columns: str) -> PersonalImport:
    return reading.answer(asking, columns or COLUMNS, scale)


def stars(user: User) -> dict[str, float]:
    return {one.movie.title: one.stars for one in Rating.objects.of(user).select_related("movie")}


def test_it_works(read: Import, films: dict[str, Movie], alice: User) -> None:
    asking = read(exports.csv_file(TABLE, "mine.csv"))
    assert (asking.source, asking.state) == ("csv", "asking")
    assert asking.table["names"] == ["film", "jahr", "note", "gesehen am"]
    made = answer(asking)
    assert not PersonalImport.objects.filter(pk=asking.pk).exists()
    assert made.table is None
    lifecycle.start(made)
    lifecycle.run(made)
    assert stars(alice) == {"Alien": 4.5, "Heat": 4.0}


def test_stated_at_once_it_is_not_asked(read: Import, films: dict, alice: User) -> None:
    made = read(exports.csv_file(TABLE), source="csv", scale="10", columns=COLUMNS)
    assert made.state == "ready"


@pytest.mark.parametrize(
    ("scale", "written", "expected"),
    [
        ("5", "3.5", 3.5),
        ("5", "3,5", 3.5),
        ("10", "7", 3.5),
        ("10", "7.4", 3.5),
        ("7", "7", 5.0),
        ("7", "4", 3.0),
        ("100", "75", 4.0),
        ("100", "1", 0.5),
        ("100", "0", 0.5),
    ],
)
def test_scales(
    do_import: Import, films: dict, alice: User, scale: str, written: str, expected: float
) -> None:
    text = f'title,year,rating\nAlien,1979,"{written}"\n'
    do_import(exports.csv_file(text), source="csv", scale=scale)
    assert stars(alice) == {"Alien": expected}


@pytest.mark.parametrize(
    ("scale", "ratings", "reason"),
    [
        ("", ["4", "5"], "Choose the rating scale"),
        ("5", ["4", "9"], "go up to 9"),
        ("7", ["4", "8"], "go up to 8"),
        ("10", ["80", "95"], "go up to 95"),
        ("100", ["80", "120"], "go up to 120"),
        ("10", ["A", "B+", "C"], "“A” isn’t a rating"),
        ("5", ["★★★", "★★"], "“★★★” isn’t a rating"),
        ("100", ["80%", "75%"], "“80%” isn’t a rating"),
    ],
)
def test_ratings_on_another_scale_are_refused_as_a_whole(
    read: Import, films: dict, scale: str, ratings: list[str], reason: str
) -> None:
    rows = "".join(f"Alien,1979,{rating}\n" for rating in ratings)
    asking = read(exports.csv_file(f"title,year,rating\n{rows}"))
    with pytest.raises(Refused, match=reason.replace("+", r"\+")):
        answer(asking, scale, title="title", year="year", rating="rating")
    assert PersonalImport.objects.get() == asking  # to be answered again


def test_a_known_source_on_another_scale_is_refused(read: Import, films: dict) -> None:
    text = exports.LETTERBOXD["ratings.csv"].replace(",4.5", ",9")
    with pytest.raises(Refused, match="go up to 9"):
        read(exports.csv_file(text))


def test_without_titles_or_ids_there_is_nothing_to_match(read: Import) -> None:
    asking = read(exports.csv_file(TABLE))
    with pytest.raises(Refused, match="Choose a column"):
        answer(asking, "10", year="jahr")


def test_a_column_that_is_not_there(read: Import) -> None:
    with pytest.raises(Refused, match="no column “titel”"):
        read(exports.csv_file(TABLE), source="csv", scale="10", columns={"title": "titel"})


def test_two_files_or_none_are_no_table(read: Import) -> None:
    with pytest.raises(Refused, match="a single CSV file"):
        read(exports.zip_file({"a.csv": TABLE, "b.csv": TABLE}), source="csv")
    with pytest.raises(Refused, match="no rows"):
        read(exports.csv_file("a,b\n"))


def test_a_table_without_ratings_is_what_was_watched(
    do_import: Import, films: dict, alice: User
) -> None:
    columns = {"imdb_id": "imdb"}
    made = do_import(exports.csv_file("imdb\ntt0078748\n113277\n"), source="csv", columns=columns)
    assert made.counts == {"seen added": 2}


def test_another_source_than_stated_is_refused(read: Import) -> None:
    with pytest.raises(Refused, match="doesn’t look like an export from IMDb"):
        read(exports.zip_file(exports.LETTERBOXD), source="imdb")
