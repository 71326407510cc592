"""Batches of an import: repeated lines, sizes, progress, repeated transactions."""

from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pytest
from django.db import OperationalError, connection

from cfsite.lib.transactions import in_transaction
from movies.imports import importer
from movies.imports.dataset import Meter, RatingBlock
from movies.models.triggers import rating_counts
from tests.movies.imports.importing import in_batches_of, run_import, stored_ratings
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
    in_batches_of(1, monkeypatch)
    report = run_import(write_csv(source, ratings=REPEATED_RATINGS))
    assert (report.ratings_new, report.ratings_repeated) == (4, 1)


def test_lines_repeated_far_apart_give_the_same_ratings(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_batches_of(1, monkeypatch)
    run_import(write_csv(source, ratings=REPEATED_RATINGS + "1,1,3.0,1100000006\n"))
    once = stored_ratings()
    run_import(source)
    assert stored_ratings() == once
    assert once[0][2] == 6
    assert rating_counts.recount(connection) == 0


@pytest.mark.parametrize("rows", [1, 1000])
def test_the_newest_of_repeated_lines_wins_in_any_order(
    source: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    in_batches_of(rows, monkeypatch)
    run_import(write_csv(source, ratings=RATINGS_CSV + "1,2,2.0,1100000009\n1,1,1.0,1000000000\n"))
    assert [half_stars for *_, half_stars, _time in stored_ratings()] == [8, 4, 10, 7]
    assert rating_counts.recount(connection) == 0


def test_the_batch_size_follows_the_time_a_batch_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite, where it locks everybody out; but never so few rows that nothing gets done."""
    monkeypatch.setattr(importer, "connection", SimpleNamespace(vendor="sqlite"))
    assert importer._next_batch_size(10_000, 0.1) == 20_000
    assert importer._next_batch_size(10_000, 0.5) == 10_000
    assert importer._next_batch_size(10_000, 0.9) == 5_000
    assert importer._next_batch_size(importer.MIN_ROWS, 9.0) == importer.MIN_ROWS
    assert importer._next_batch_size(importer.MAX_ROWS, 0.1) == importer.MAX_ROWS
    monkeypatch.setattr(importer, "connection", SimpleNamespace(vendor="postgresql"))
    assert importer._first_batch_size() == importer.MAX_ROWS
    assert importer._next_batch_size(importer.MAX_ROWS, 9.0) == importer.MAX_ROWS


@pytest.mark.parametrize(("rows", "sizes"), [(1, [3, 1, 4]), (2, [3, 5]), (4, [4, 4]), (9, [8])])
def test_batches_end_between_two_raters(rows: int, sizes: list[int]) -> None:
    raters = [1, 1, 1, 2, 3, 3, 3, 3]
    blocks = [
        RatingBlock.of([(line, rater, 1, 8, 0) for line, rater in part])
        for part in (list(enumerate(raters))[:2], list(enumerate(raters))[2:])
    ]
    batches = importer._Batches(iter(blocks))
    assert [batches.next(rows).n for _ in range(len(sizes) + 1)] == [*sizes, 0]


def test_a_rater_with_too_many_ratings_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importer, "MAX_ROWS", 3)
    block = RatingBlock.of([(line, 1, line, 8, 0) for line in range(7)])
    batches = importer._Batches(iter([block]))
    assert [batches.next(2).n for _ in range(4)] == [3, 3, 1, 0]


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
    assert listener.seen == [
        "checking",
        (len(RATINGS_CSV), 4),
        "movies",
        "ratings",
        (len(RATINGS_CSV), 4),
    ]
    listener = Listener()
    run_import(source, listener=listener, strict=True)
    whole = (len(RATINGS_CSV), 4)
    assert listener.seen == [
        *("checking", whole, whole),
        *("movies", "ratings", whole),
    ]


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
