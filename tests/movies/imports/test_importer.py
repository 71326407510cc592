"""What an import writes, and what a second one changes."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from movies.imports.dataset import Reject
from movies.models import Movie, Rating, RatingChanges
from movies.models.triggers import rating_counts
from tests.movies.imports.importing import run_import, stored_ratings
from tests.movies.imports.movielens_files import (
    MOVIES_CSV,
    RATINGS_CSV,
    write_csv,
)

pytestmark = pytest.mark.django_db


def test_it_works(source: Path) -> None:
    report = run_import(source)
    assert stored_ratings() == [
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
    run_import(source)
    rows = list(Rating.objects.order_by("pk").values())
    movies = list(Movie.objects.order_by("pk").values())
    changes = RatingChanges.total()
    report = run_import(source)
    assert report.changed_nothing
    assert (report.ratings_unchanged, report.movies_unchanged) == (4, 3)
    assert list(Rating.objects.order_by("pk").values()) == rows
    assert list(Movie.objects.order_by("pk").values()) == movies
    assert RatingChanges.total() == changes


def test_a_second_run_writes_only_what_changed(tmp_path: Path, source: Path) -> None:
    run_import(source)
    changes = RatingChanges.total()
    changed = RATINGS_CSV.replace("1,1,4.0,1100000000", "1,1,2.0,1200000000")
    report = run_import(write_csv(source, ratings=changed + "3,1,1.0,1100000009\n"))
    assert (report.ratings_new, report.ratings_changed, report.ratings_unchanged) == (1, 1, 3)
    assert (report.raters_new, report.movies_unchanged) == (1, 3)
    assert stored_ratings()[0] == ("ml-tiny:1", 1, 4, "2008-01-10T21:20:00+0000")
    assert RatingChanges.total() == changes + 2


def test_counts_on_movies_equal_a_recount(source: Path) -> None:
    run_import(source)
    assert list(Movie.objects.order_by("pk").values_list("n_ratings", "half_star_sum")) == [
        (2, 18),
        (1, 1),
        (1, 7),
    ]
    run_import(write_csv(source, ratings=RATINGS_CSV.replace(",4.0,", ",1.0,")))
    assert rating_counts.recount(connection) == 0


def test_raters_cannot_log_in(source: Path) -> None:
    run_import(source)
    rater = User.objects.get(username="ml-tiny:1")
    assert rater.is_dataset_member
    assert not rater.is_active
    assert not rater.has_usable_password()
    assert rater.email == ""
    for password in ("", "!", rater.password):
        assert not Client().login(username=rater.username, password=password)


def test_a_members_account_with_the_name_of_a_rater_is_left_alone(
    source: Path, make_user: Callable[..., User]
) -> None:
    person = make_user("ml-tiny:2")
    rejects: list[Reject] = []
    report = run_import(source, on_reject=rejects.append)
    assert not person.ratings.exists()
    assert report.ratings_new == 2
    assert [reject.line for reject in rejects] == [4, 5]


def test_ratings_of_members_stay(source: Path, alice: User) -> None:
    run_import(source)
    movie = Movie.objects.get(movielens_id=1)
    Rating.objects.rate(alice, movie, 0.5)
    run_import(source)
    assert alice.ratings.get().half_stars == 1
    movie.refresh_from_db()
    assert movie.n_ratings == 3


def test_movies_without_ratings(tmp_path: Path) -> None:
    report = run_import(write_csv(tmp_path, MOVIES_CSV, ratings="userId,movieId,rating\n"))
    assert (report.movies_new, report.ratings_new) == (3, 0)


@pytest.mark.parametrize(
    "ratings",
    ["userId,movieId,rating\n1,1,4.0\n", "userId,movieId,rating,timestamp\n1,1,4.0,0\n"],
)
def test_without_a_time_the_moment_of_the_import_stands_for_it(
    tmp_path: Path, ratings: str
) -> None:
    source = write_csv(tmp_path / "ml-tiny", ratings=ratings)
    before = timezone.now() - timedelta(seconds=1)
    report = run_import(source)
    rating = Rating.objects.get()
    assert before <= rating.rated_at <= timezone.now()
    assert report.notes[0].startswith("1 rating has no time")
    assert run_import(source).changed_nothing
    assert Rating.objects.get().rated_at == rating.rated_at
    run_import(write_csv(source, ratings=ratings.replace("4.0", "2.0")))
    assert Rating.objects.get().half_stars == 4
