"""Each source in its true format: what of it becomes ratings, marks, viewings and lists."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from accounts.models import User
from movies.models import ListEntry, Mark, Movie, PersonalImport, Rating, Viewing
from tests.movies.my_imports import exports
from tests.movies.my_imports.conftest import Import

Films = dict[str, Movie]


def ratings(user: User) -> dict[str, float]:
    return {one.movie.title: one.stars for one in Rating.objects.of(user).select_related("movie")}


def marks(user: User) -> set[tuple[str, str]]:
    return set(Mark.objects.filter(user=user).values_list("movie__title", "kind"))


def test_letterboxd_as_it_comes(do_import: Import, films: Films, alice: User) -> None:
    made = do_import(exports.zip_file(exports.LETTERBOXD))
    assert made.source == "letterboxd"
    assert ratings(alice) == {"Alien": 4.5, "Amélie": 3.0}
    assert marks(alice) == {("Solaris", "watchlist"), ("Heat", "seen")}
    rated_at = Rating.objects.get(movie=films["amelie"]).rated_at
    assert rated_at == datetime(2021, 5, 2, 12, tzinfo=UTC)
    viewings = Viewing.objects.of(alice).earliest_first()
    assert [(one.movie.title, one.watched_on, one.is_rewatch) for one in viewings] == [
        ("Alien", date(2020, 2, 29), True),
        ("Heat", date(2020, 3, 1), False),
    ]
    assert viewings[0].note == 'In space\nno "one".'
    assert viewings[0].tag_names == ["cinema", "with Ann"]
    entries = ListEntry.objects.filter(movie_list__name="Space").in_order()
    assert [(one.movie.title, one.note) for one in entries] == [("Solaris", ""), ("Alien", "Loud.")]


def test_letterboxd_zipped_again_with_a_folder(
    do_import: Import, films: Films, alice: User
) -> None:
    do_import(exports.zip_file(exports.LETTERBOXD, folder="letterboxd-someone/"))
    assert ratings(alice) == {"Alien": 4.5, "Amélie": 3.0}


@pytest.mark.parametrize(
    ("text", "date_rated"),
    [
        (exports.IMDB_2012, datetime(2015, 3, 1, tzinfo=UTC)),
        (exports.IMDB_2017, datetime(2017, 11, 2, 12, tzinfo=UTC)),
        (exports.IMDB_2018, datetime(2019, 1, 2, 12, tzinfo=UTC)),
        (exports.IMDB_2024, datetime(2024, 7, 2, 12, tzinfo=UTC)),
    ],
)
def test_imdb_in_every_header_it_has_had(
    do_import: Import, films: Films, alice: User, text: str, date_rated: datetime
) -> None:
    made = do_import(exports.csv_file(text))
    assert made.source == "imdb"
    assert ratings(alice) == {"Alien": 4.5}
    assert Rating.objects.get().rated_at == date_rated


def test_imdb_leaves_out_series_and_counts_films_without_rating(read: Import, films: Films) -> None:
    assert read(exports.csv_file(exports.IMDB_2024)).counts == {"not_a_film": 1, "no_rating": 1}


def test_an_old_imdb_file_in_the_encoding_of_windows(
    do_import: Import, films: Films, alice: User
) -> None:
    text = exports.IMDB_2018.replace("tt0078748,9", "tt9999999,9").replace("Alien", "Amélie")
    text = text.replace("1979,Horror", "2001,Comedy")
    do_import(exports.csv_file(text, encoding="cp1252"))
    assert ratings(alice) == {"Amélie": 4.5}


SINGLE_FILES: list[tuple[str, Callable[[], io.BytesIO], dict, set]] = [
    (
        "imdb",
        lambda: exports.csv_file(exports.IMDB_WATCHLIST),
        {},
        {("Solaris", "watchlist")},
    ),
    ("movielens", lambda: exports.csv_file(exports.MOVIELENS), {"Alien": 4.5, "Heat": 0.5}, set()),
    (
        "movielens",
        lambda: exports.csv_file(exports.MOVIELENS_WISHLIST, "movielens-wishlist.csv"),
        {},
        {("Solaris", "watchlist")},
    ),
    (
        "trakt",
        lambda: exports.zip_file(exports.TRAKT),
        {"Alien": 4.5},
        {("Heat", "seen"), ("Solaris", "watchlist")},
    ),
    ("trakt", lambda: exports.csv_file(exports.TRAKT_CSV), {"Alien": 4.5}, set()),
    (
        "simkl",
        lambda: exports.json_file(exports.SIMKL),
        {"Alien": 3.5},
        {("Heat", "seen"), ("Solaris", "watchlist")},
    ),
    (
        "tmdb",
        lambda: exports.csv_file(exports.TMDB),
        {"Alien": 4.5},
        {("Solaris", "watchlist")},
    ),
    (
        "criticker",
        lambda: exports.csv_file(exports.CRITICKER, "ratings.xml"),
        {"Alien": 4.5, "Heat": 0.5},
        set(),
    ),
    (
        "netflix",
        lambda: exports.csv_file(exports.NETFLIX),
        {},
        {("Alien", "seen"), ("Heat", "seen")},
    ),
    (
        "tvtime",
        lambda: exports.zip_file(exports.TVTIME),
        {"Alien": 4.0},
        {("Solaris", "watchlist")},
    ),
    (
        "cfsite",
        lambda: exports.zip_file(exports.OWN),
        {"Alien": 4.5},
        {("Solaris", "watchlist"), ("Heat", "not_interested")},
    ),
]


@pytest.mark.parametrize(("source", "file", "stars", "marked"), SINGLE_FILES)
def test_what_a_source_brings(
    do_import: Import,
    films: Films,
    alice: User,
    source: str,
    file: Callable[[], io.BytesIO],
    stars: dict[str, float],
    marked: set[tuple[str, str]],
) -> None:
    made: PersonalImport = do_import(file(), takes_title_matches=True)
    assert made.source == source
    assert made.problems == []
    assert ratings(alice) == stars
    assert marks(alice) == marked


def test_titles_without_a_year_are_not_taken_unasked(
    do_import: Import, films: Films, alice: User
) -> None:
    do_import(exports.csv_file(exports.NETFLIX))
    assert marks(alice) == set()


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (("10/21/20", "1/2/21"), date(2021, 1, 2)),
        (("16.8.2022", "3.4.2022"), date(2022, 4, 3)),
        (("21/10/20", "1/2/21"), date(2021, 2, 1)),
        (("3/3/20", "1/2/21"), None),
    ],
)
def test_netflix_dates_are_read_in_the_order_that_all_of_them_allow(
    read: Import, films: Films, dates: tuple[str, str], expected: date | None
) -> None:
    text = f'Title,Date\n"Alien","{dates[0]}"\n"Heat","{dates[1]}"\n'
    row = read(exports.csv_file(text)).rows.get(title="Heat")
    assert (row.at and row.at.date()) == expected


def test_trakt_history_becomes_a_viewing(do_import: Import, films: Films, alice: User) -> None:
    do_import(exports.zip_file(exports.TRAKT))
    assert [(one.movie, one.watched_on) for one in Viewing.objects.of(alice)] == [
        (films["heat"], date(2024, 1, 14))
    ]


def test_our_own_export_keeps_what_spreadsheets_must_not_calculate(
    do_import: Import, films: Films, alice: User
) -> None:
    do_import(exports.zip_file(exports.OWN))
    entry = ListEntry.objects.get()
    assert (entry.movie_list.name, entry.note) == ("=Sums", "+1")
    viewing = Viewing.objects.get()
    assert (str(viewing.watched), viewing.is_rewatch) == ("2024-02", True)
    assert viewing.tag_names == ["cinema", "late"]
    assert Rating.objects.get().rated_at.microsecond == 500_000
