"""Tuples into rows: what an import writes, what it leaves alone, what a second one changes."""

from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.test import Client

from accounts.models import User
from cfsite.lib.transactions import in_transaction
from movies.imports import importer
from movies.imports.dataset import Meter, Reject
from movies.imports.importer import ImportReport, import_source
from movies.imports.movielens.reader import open_dataset
from movies.models import Genre, Movie, Rating, RatingChanges
from movies.models.triggers import rating_counts
from tests.movies.imports.movielens_files import (
    MOVIES_CSV,
    RATINGS_CSV,
    u_item,
    write_100k,
    write_csv,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "ml-tiny")


def bring_in(source: Path, **options: object) -> ImportReport:
    return import_source(open_dataset(source), **options)


def table() -> list[tuple[str, int | None, int, str]]:
    return [
        (username, number, half_stars, f"{rated_at:%Y-%m-%dT%H:%M:%S%z}")
        for username, number, half_stars, rated_at in Rating.objects.order_by(
            "user__username", "movie__movielens_id"
        ).values_list("user__username", "movie__movielens_id", "half_stars", "rated_at")
    ]


def test_it_works(source: Path) -> None:
    report = bring_in(source)
    assert table() == [
        ("ml-tiny:1", 1, 8, "2004-11-09T11:33:20+0000"),
        ("ml-tiny:1", 2, 1, "2004-11-09T11:33:21+0000"),
        ("ml-tiny:2", 1, 10, "2004-11-09T11:33:22+0000"),
        ("ml-tiny:2", 3, 7, "2004-11-09T11:33:23+0000"),
    ]
    assert (report.movies_new, report.raters_new, report.ratings_new) == (3, 2, 4)
    assert (report.rejected, report.exit_code) == (0, 0)
    movie = Movie.objects.get(movielens_id=1)
    assert (str(movie), movie.imdb_id, movie.tmdb_id) == ("The Clockmaker (1961)", "tt0054321", 111)
    assert movie.title_key == "clockmaker"
    assert [genre.name for genre in movie.genres.all()] == ["Drama", "Mystery"]


def test_a_second_run_changes_nothing(source: Path) -> None:
    bring_in(source)
    rows = list(Rating.objects.order_by("pk").values())
    movies = list(Movie.objects.order_by("pk").values())
    changes = RatingChanges.total()
    report = bring_in(source)
    assert report.changed_nothing
    assert (report.ratings_unchanged, report.movies_unchanged) == (4, 3)
    assert list(Rating.objects.order_by("pk").values()) == rows
    assert list(Movie.objects.order_by("pk").values()) == movies
    assert RatingChanges.total() == changes


def test_a_changed_file_changes_what_changed(tmp_path: Path, source: Path) -> None:
    bring_in(source)
    changes = RatingChanges.total()
    changed = RATINGS_CSV.replace("1,1,4.0,1100000000", "1,1,2.0,1200000000")
    report = bring_in(write_csv(source, ratings=changed + "3,1,1.0,1100000009\n"))
    assert (report.ratings_new, report.ratings_changed, report.ratings_unchanged) == (1, 1, 3)
    assert (report.raters_new, report.movies_unchanged) == (1, 3)
    assert table()[0] == ("ml-tiny:1", 1, 4, "2008-01-10T21:20:00+0000")
    assert RatingChanges.total() == changes + 2


def test_counts_on_movies_equal_a_recount(source: Path) -> None:
    bring_in(source)
    assert list(Movie.objects.order_by("pk").values_list("n_ratings", "half_star_sum")) == [
        (2, 18),
        (1, 1),
        (1, 7),
    ]
    bring_in(write_csv(source, ratings=RATINGS_CSV.replace(",4.0,", ",1.0,")))
    assert rating_counts.recount(connection) == 0


class TestRaters:
    def test_they_cannot_log_in(self, source: Path) -> None:
        bring_in(source)
        rater = User.objects.get(username="ml-tiny:1")
        assert rater.is_dataset_member
        assert not rater.is_active
        assert not rater.has_usable_password()
        assert rater.email == ""
        for password in ("", "!", rater.password):
            assert not Client().login(username=rater.username, password=password)

    def test_a_person_with_such_a_name_is_left_alone(
        self, source: Path, make_user: Callable[..., User]
    ) -> None:
        person = make_user("ml-tiny:2")
        rejects: list[Reject] = []
        report = bring_in(source, on_reject=rejects.append)
        assert not person.ratings.exists()
        assert report.ratings_new == 2
        assert [reject.line for reject in rejects] == [4, 5]

    def test_the_ratings_of_people_stay(self, source: Path, alice: User) -> None:
        bring_in(source)
        movie = Movie.objects.get(movielens_id=1)
        Rating.objects.rate(alice, movie, 0.5)
        bring_in(source)
        assert alice.ratings.get().half_stars == 1
        movie.refresh_from_db()
        assert movie.n_ratings == 3


class TestMovies:
    def test_edits_stay_and_blanks_are_filled(
        self, tmp_path: Path, make_movie: Callable[..., Movie]
    ) -> None:
        source = write_csv(tmp_path / "ml-tiny", links=None)
        bring_in(source)
        movie = Movie.objects.get(movielens_id=2)
        movie.title, movie.year, movie.description = "Roofs", 1975, "Chimneys."
        movie.original_title = ""
        movie.save()
        movie.genres.set([Genre.objects.create(name="Slow", slug="slow")])
        report = bring_in(write_csv(source))
        movie.refresh_from_db()
        assert (movie.title, movie.year, movie.description) == ("Roofs", 1975, "Chimneys.")
        assert (movie.original_title, movie.imdb_id) == ("Střechy Brna", "tt12345678")
        assert movie.title_key == "roofs / strechy brna"
        assert [genre.name for genre in movie.genres.all()] == ["Slow"]
        assert (report.movies_completed, report.movies_new) == (3, 0)

    def test_a_movie_without_number_is_adopted(
        self, source: Path, make_movie: Callable[..., Movie], alice: User
    ) -> None:
        own = make_movie("Clockmaker", 1961, description="Ticks.")
        Rating.objects.rate(alice, own, 3)
        report = bring_in(source)
        own.refresh_from_db()
        assert (own.movielens_id, own.description, own.n_ratings) == (1, "Ticks.", 3)
        assert own.title == "Clockmaker"
        assert own.genres.count() == 2
        assert (report.movies_new, report.movies_completed) == (2, 1)

    def test_of_two_alike_none_is_adopted(
        self, source: Path, make_movie: Callable[..., Movie]
    ) -> None:
        make_movie("Clockmaker", 1961)
        make_movie("The Clockmaker", 1961)
        assert bring_in(source).movies_new == 3

    @pytest.mark.parametrize("year", [1960, None])
    def test_another_year_is_another_movie(
        self, source: Path, make_movie: Callable[..., Movie], year: int | None
    ) -> None:
        make_movie("The Clockmaker", year)
        make_movie("Nine Lanterns", None)
        assert bring_in(source).movies_new == 3

    def test_one_title_under_two_numbers_stays_two_movies(self, tmp_path: Path) -> None:
        items = u_item(246, "Twin (1997)") + u_item(268, "Twin (1997)")
        source = write_100k(tmp_path, items, "1\t246\t3\t881250949\n1\t268\t5\t881250950\n")
        bring_in(source)
        assert bring_in(source).changed_nothing
        assert set(Movie.objects.values_list("catalogue_key", "n_ratings")) == {
            ("ml-100k:246", 1),
            ("ml-100k:268", 1),
        }

    def test_two_sets_meet_in_one_movie(self, tmp_path: Path, source: Path) -> None:
        old = write_100k(
            tmp_path / "old", u_item(7, "Clockmaker, The (1961)"), "1\t7\t3\t881250949\n"
        )
        bring_in(old)
        bring_in(source)
        assert bring_in(old).changed_nothing
        movie = Movie.objects.get(movielens_id=1)
        assert (movie.catalogue_key, movie.n_ratings) == ("ml-100k:7", 3)

    def test_genres_are_met_by_their_slug(self, tmp_path: Path, db: None) -> None:
        Genre.objects.create(name="Film Noir", slug="film-noir")
        movies = "movieId,title,genres\n1,A (1999),Film-Noir|Children's\n2,B (1999),драма|---\n"
        bring_in(write_csv(tmp_path, movies, links=None))
        assert set(Genre.objects.values_list("name", "slug")) == {
            ("Film Noir", "film-noir"),
            ("Children", "children"),
            ("драма", "драма"),
        }
        assert bring_in(tmp_path).changed_nothing

    def test_one_tmdb_number_for_two_movies(self, tmp_path: Path) -> None:
        links = "movieId,imdbId,tmdbId\n1,0000001,5\n2,0000002,5\n"
        bring_in(write_csv(tmp_path, links=links))
        assert Movie.objects.filter(tmdb_id=5).count() == 2

    def test_more_movies_than_one_transaction_takes(self, tmp_path: Path) -> None:
        rows = [f"{number},Film {number} (1990),Drama\n" for number in range(1, 1203)]
        source = write_csv(tmp_path, "movieId,title,genres\n" + "".join(rows))
        assert bring_in(source).movies_new == 1202
        assert bring_in(source).movies_unchanged == 1202


class TestRejects:
    RATINGS = RATINGS_CSV + "3,99,4.0,1100000000\n3,1,7.0,1100000000\n3,2,4.0,1100000000\n"

    def test_lines_that_cannot_be_taken_are_named(self, source: Path) -> None:
        rejects: list[Reject] = []
        report = bring_in(write_csv(source, ratings=self.RATINGS), on_reject=rejects.append)
        assert [(reject.line, reject.file) for reject in rejects] == [
            (6, "ratings.csv"),
            (7, "ratings.csv"),
        ]
        assert str(rejects[0]) == "ratings.csv, line 6: movie 99 is not in movies.csv"
        assert "five stars" in rejects[1].reason
        assert (report.ratings_new, report.rejected, report.exit_code) == (5, 2, 3)
        assert report.first_rejects == tuple(rejects)

    def test_strict_writes_all_or_nothing(self, source: Path) -> None:
        report = bring_in(write_csv(source, ratings=self.RATINGS), strict=True)
        assert (report.rejected, report.written, report.exit_code) == (2, False, 2)
        assert not Movie.objects.exists()
        assert not User.objects.exists()
        assert bring_in(write_csv(source), strict=True).ratings_new == 4

    def test_only_the_first_are_kept(self, source: Path) -> None:
        ratings = RATINGS_CSV + "x\n" * 500
        rejects: list[Reject] = []
        report = bring_in(write_csv(source, ratings=ratings), on_reject=rejects.append)
        assert len(report.first_rejects) == 20
        assert len(rejects) == report.rejected == 500


class TestRepeatedLines:
    RATINGS = RATINGS_CSV + "2,1,1.0,1100000005\n"

    def test_the_last_one_counts(self, source: Path) -> None:
        report = bring_in(write_csv(source, ratings=self.RATINGS))
        assert (report.ratings_new, report.ratings_repeated, report.rejected) == (4, 1, 0)
        assert table()[2] == ("ml-tiny:2", 1, 2, "2004-11-09T11:33:25+0000")
        assert bring_in(source).changed_nothing

    def test_also_when_a_batch_is_full(self, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importer, "START_ROWS", 1)
        report = bring_in(write_csv(source, ratings=self.RATINGS))
        assert (report.ratings_new, report.ratings_repeated) == (4, 1)

    def test_scattered_over_the_file_the_table_is_the_same(
        self, source: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(importer, "START_ROWS", 1)
        monkeypatch.setattr(importer, "_steered", lambda rows, seconds: 1)
        bring_in(write_csv(source, ratings=self.RATINGS + "1,1,3.0,1100000006\n"))
        once = table()
        bring_in(source)
        assert table() == once
        assert once[0][2] == 6
        assert rating_counts.recount(connection) == 0


class TestBatches:
    def test_they_follow_the_clock(self) -> None:
        assert importer._steered(1000, 0.1) == 2000
        assert importer._steered(1000, 0.5) == 1000
        assert importer._steered(1000, 0.9) == 500
        assert importer._steered(100, 9.0) == 100
        assert importer._steered(8000, 0.1) == importer.MAX_ROWS

    def test_the_largest_batch_fits_one_statement(self, tmp_path: Path) -> None:
        """SQLite takes 32,766 parameters, and one rater may have rated more movies than that."""
        n_movies = importer.MAX_ROWS + 10
        movies = "".join(f"{number},F{number} (1990),\n" for number in range(1, n_movies + 1))
        ratings = "".join(f"1,{number},4.0,1100000000\n" for number in range(1, n_movies + 1))
        source = write_csv(
            tmp_path,
            "movieId,title,genres\n" + movies,
            "userId,movieId,rating,timestamp\n" + ratings,
        )
        with mock.patch.object(importer, "START_ROWS", importer.MAX_ROWS):
            assert bring_in(source).ratings_new == n_movies
            assert bring_in(source).ratings_unchanged == n_movies

    def test_progress_is_told(self, source: Path) -> None:
        class Watch(importer.Nobody):
            def __init__(self) -> None:
                self.seen: list = []

            def phase(self, name: str) -> None:
                self.seen.append(name)

            def __call__(self, meter: Meter, rows: int) -> None:
                self.seen.append((meter.done, rows))

        watch = Watch()
        bring_in(source, watch=watch)
        assert watch.seen == ["movies", "ratings", (len(RATINGS_CSV), 4)]
        watch = Watch()
        bring_in(source, watch=watch, strict=True)
        assert watch.seen == ["checking", "movies", "ratings", (len(RATINGS_CSV), 4)]

    def test_a_lost_race_is_run_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("cfsite.lib.transactions.PAUSE_SECONDS", 0)
        work = mock.Mock(side_effect=[OperationalError("deadlock"), OperationalError, "done"])
        forget = mock.Mock()
        assert in_transaction(work, before_retry=forget) == "done"
        assert forget.call_count == 2

    def test_what_never_works_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("cfsite.lib.transactions.PAUSE_SECONDS", 0)
        with pytest.raises(OperationalError):
            in_transaction(mock.Mock(side_effect=OperationalError("disk full")))


def test_no_movies_and_no_ratings(tmp_path: Path) -> None:
    report = bring_in(write_csv(tmp_path, movies="", ratings="", links=""))
    assert report.changed_nothing
    assert report.exit_code == 0


def test_movies_alone(tmp_path: Path) -> None:
    report = bring_in(write_csv(tmp_path, MOVIES_CSV, ratings=""))
    assert (report.movies_new, report.ratings_new) == (3, 0)
