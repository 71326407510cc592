"""manage.py export_movielens: what is written, and what an import makes of it."""

import csv
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from movies.imports.movielens import writer
from movies.models import Movie, Rating
from movies.models.triggers import rating_counts
from tests.movies.imports.importing import run_import, stored_ratings
from tests.movies.imports.movielens_files import MOVIES_CSV, write_csv

pytestmark = pytest.mark.django_db


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_it_works(tmp_path: Path, alice: User, make_movie: Callable[..., Movie]) -> None:
    movie = make_movie("Alien", 1979, "Horror|Sci-Fi", movielens_id=1214, imdb_id="tt0078748")
    own = make_movie("Roofs", None, original_title="Střechy", tmdb_id=5)
    rated_at = datetime(2020, 1, 2, tzinfo=UTC)
    Rating.objects.rate(alice, movie, 4.5, rated_at=rated_at)
    call_command("export_movielens", str(tmp_path / "mine"))
    assert rows(tmp_path / "mine", "ratings.csv") == [
        {"userId": "1", "movieId": "1214", "rating": "4.5", "timestamp": "1577923200"}
    ]
    number = str(writer.FIRST_OWN_NUMBER + own.pk)
    assert rows(tmp_path / "mine", "movies.csv") == [
        {"movieId": "1214", "title": "Alien (1979)", "genres": "Horror|Sci-Fi"},
        {"movieId": number, "title": "Roofs (Střechy)", "genres": "(no genres listed)"},
    ]
    assert rows(tmp_path / "mine", "links.csv") == [
        {"movieId": "1214", "imdbId": "0078748", "tmdbId": ""},
        {"movieId": number, "imdbId": "", "tmdbId": "5"},
    ]


@pytest.mark.parametrize("name", ["again", "again.zip"])
def test_importing_it_gives_the_same_ratings(source: Path, tmp_path: Path, name: str) -> None:
    run_import(source)
    before = [row[1:] for row in stored_ratings()]
    movies = list(Movie.objects.order_by("movielens_id").values_list("title", "year", "imdb_id"))
    call_command("export_movielens", str(tmp_path / name), "--with-data-sets")
    Rating.objects.all().delete()
    User.objects.all().delete()
    Movie.objects.all().delete()
    report = run_import(tmp_path / name)
    assert (report.rejected, report.raters_new, report.ratings_new) == (0, 2, 4)
    assert sorted(row[1:] for row in stored_ratings()) == sorted(before)
    assert movies == list(
        Movie.objects.order_by("movielens_id").values_list("title", "year", "imdb_id")
    )
    assert rating_counts.recount(connection) == 0


def test_who_is_left_out(
    source: Path, tmp_path: Path, make_user: Callable[..., User], make_movie: Callable[..., Movie]
) -> None:
    run_import(source)
    movie = make_movie()
    people = {
        "member": make_user("member"),
        "opted out": make_user("out", trains_model=False),
        "inactive": make_user("gone", is_active=False),
    }
    for stars, person in enumerate(people.values(), 1):
        Rating.objects.rate(person, movie, stars)
    call_command("export_movielens", str(tmp_path / "members"))
    assert [row["rating"] for row in rows(tmp_path / "members", "ratings.csv")] == ["1.0"]
    call_command("export_movielens", str(tmp_path / "all"), "--with-data-sets")
    assert len(rows(tmp_path / "all", "ratings.csv")) == 5


def test_numbers_do_not_tell_who_joined_first(
    tmp_path: Path, make_user: Callable[..., User], make_movie: Callable[..., Movie]
) -> None:
    movie = make_movie()
    for n in range(40):
        Rating.objects.rate(make_user(f"u{n}"), movie, 0.5 + n % 10 / 2)
    orders = []
    for name in ("a", "b"):
        call_command("export_movielens", str(tmp_path / name))
        found = rows(tmp_path / name, "ratings.csv")
        assert [row["userId"] for row in found] == [str(n) for n in range(1, 41)]
        orders.append([row["rating"] for row in found])
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]


def test_more_raters_than_are_read_at_once(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "RATERS_AT_ONCE", 1)
    run_import(source)
    call_command("export_movielens", str(tmp_path / "x"), "--with-data-sets")
    assert [row["userId"] for row in rows(tmp_path / "x", "ratings.csv")] == ["1", "1", "2", "2"]


def test_a_site_without_ratings(tmp_path: Path) -> None:
    call_command("export_movielens", str(tmp_path / "x.zip"))
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.read("x/ratings.csv") == b"userId,movieId,rating,timestamp\n"


@pytest.mark.parametrize("target", ["there", "nowhere/x"])
def test_a_target_that_cannot_be_written(tmp_path: Path, target: str) -> None:
    write_csv(tmp_path / "there", MOVIES_CSV)
    with pytest.raises(CommandError) as stopped:
        call_command("export_movielens", str(tmp_path / target))
    assert stopped.value.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_a_broken_off_export_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writer, "_write_ratings", full)
    with pytest.raises(CommandError, match="No space left"):
        call_command("export_movielens", str(tmp_path / "x.zip"))
    assert list(tmp_path.iterdir()) == []
