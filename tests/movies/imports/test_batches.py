"""Batches of an import: repeated lines, sizes, progress, repeated transactions."""

from pathlib import Path
from unittest import mock

import pytest
from django.db import OperationalError, connection

from cfsite.lib.transactions import in_transaction
from movies.imports import importer
from movies.imports.dataset import Meter
from movies.models.triggers import rating_counts
from tests.movies.imports.importing import run_import, stored_ratings
from tests.movies.imports.movielens_files import (
    RATINGS_CSV,
    write_csv,
)

pytestmark = pytest.mark.django_db


REPEATED_RATINGS = RATINGS_CSV + "2,1,1.0,1100000005\n"


def test_the_last_of_repeated_lines_wins(source: Path) -> None:
    report = run_import(write_csv(source, ratings=REPEATED_RATINGS))
    assert (report.ratings_new, report.ratings_repeated, report.rejected) == (4, 1, 0)
    assert stored_ratings()[2] == ("ml-tiny:2", 1, 2, "2004-11-09T11:33:25+0000")
    assert run_import(source).changed_nothing


def test_repeated_lines_across_full_batches(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importer, "START_ROWS", 1)
    report = run_import(write_csv(source, ratings=REPEATED_RATINGS))
    assert (report.ratings_new, report.ratings_repeated) == (4, 1)


def test_lines_repeated_far_apart_give_the_same_ratings(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "START_ROWS", 1)
    monkeypatch.setattr(importer, "_next_batch_size", lambda rows, seconds: 1)
    run_import(write_csv(source, ratings=REPEATED_RATINGS + "1,1,3.0,1100000006\n"))
    once = stored_ratings()
    run_import(source)
    assert stored_ratings() == once
    assert once[0][2] == 6
    assert rating_counts.recount(connection) == 0


def test_the_batch_size_follows_the_time_a_batch_takes() -> None:
    assert importer._next_batch_size(1000, 0.1) == 2000
    assert importer._next_batch_size(1000, 0.5) == 1000
    assert importer._next_batch_size(1000, 0.9) == 500
    assert importer._next_batch_size(100, 9.0) == 100
    assert importer._next_batch_size(8000, 0.1) == importer.MAX_ROWS


def test_the_largest_batch_fits_one_statement(tmp_path: Path) -> None:
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
        assert run_import(source).ratings_new == n_movies
        assert run_import(source).ratings_unchanged == n_movies


def test_the_listener_is_told_the_progress(source: Path) -> None:
    class Listener(importer.NoListener):
        def __init__(self) -> None:
            self.seen: list = []

        def phase(self, name: str) -> None:
            self.seen.append(name)

        def progress(self, meter: Meter, rows: int) -> None:
            self.seen.append((meter.done, rows))

    listener = Listener()
    run_import(source, listener=listener)
    assert listener.seen == ["movies", "ratings", (len(RATINGS_CSV), 4)]
    listener = Listener()
    run_import(source, listener=listener, strict=True)
    assert listener.seen == ["checking", "movies", "ratings", (len(RATINGS_CSV), 4)]


def test_a_failed_transaction_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cfsite.lib.transactions.PAUSE_SECONDS", 0)
    work = mock.Mock(side_effect=[OperationalError("deadlock"), OperationalError, "done"])
    forget = mock.Mock()
    assert in_transaction(work, before_retry=forget) == "done"
    assert forget.call_count == 2


def test_a_transaction_that_always_fails_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cfsite.lib.transactions.PAUSE_SECONDS", 0)
    with pytest.raises(OperationalError):
        in_transaction(mock.Mock(side_effect=OperationalError("disk full")))
