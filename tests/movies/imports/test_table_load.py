"""The first load of a large data set into PostgreSQL: a table that takes the place of another."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from cfsite.lib.queue import worker_claims
from movies.imports import importer, table_load
from movies.imports.dataset import Meter, SourceError
from movies.imports.rating_rows import RatingRows
from movies.imports.table_load import TableLoad
from movies.models import Movie, Rating, RatingChanges, UnfinishedLoad
from movies.models.triggers import rating_counts
from tests.movies.imports.importing import in_batches_of, run_import, stored_ratings
from tests.movies.imports.movielens_files import RATINGS_CSV, write_csv

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL only"),
]

LONG_AGO = timezone.now() - timedelta(days=1)


@pytest.fixture(autouse=True)
def loads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[TableLoad]]:
    """The loads that were begun, also for the smallest file."""
    rating_counts.install(connection)
    begun: list[TableLoad] = []
    begin = TableLoad.begin

    def begin_and_tell(*args: Any) -> TableLoad | None:
        if load := begin(*args):
            begun.append(load)
        return load

    monkeypatch.setattr(TableLoad, "begin", begin_and_tell)
    monkeypatch.setattr(table_load, "MIN_BYTES", 0)
    monkeypatch.setattr(table_load, "MAX_SHARE_HERE", 100)
    yield begun
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS movies_rating_load")


def catalogue_of(table: str) -> set[tuple[str, str]]:
    """Columns, indexes, constraints and triggers, as PostgreSQL describes them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %(table)s
            UNION SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
                WHERE conrelid = %(table)s::regclass
            UNION SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger
                WHERE tgrelid = %(table)s::regclass AND NOT tgisinternal
            UNION SELECT column_name, data_type || is_nullable || is_identity
                FROM information_schema.columns WHERE table_name = %(table)s
            UNION SELECT 'sequence', pg_get_serial_sequence(%(table)s, 'id')
            """,
            {"table": table},
        )
        return set(cursor.fetchall())


def test_it_works(source: Path, loads: list, alice: User) -> None:
    before, changes = catalogue_of("movies_rating"), RatingChanges.total()
    report = run_import(source)
    assert len(loads) == 1
    assert (report.ratings_new, report.raters_new) == (4, 2)
    assert stored_ratings()[0] == ("ml-tiny:1", 1, 8, "2004-11-09T11:33:20+0000")
    assert catalogue_of("movies_rating") == before
    assert RatingChanges.total() == changes + 4
    assert rating_counts.recount(connection) == 0
    assert not UnfinishedLoad.objects.exists()
    Rating.objects.rate(alice, Movie.objects.get(movielens_id=1), 2)
    assert Movie.objects.get(movielens_id=1).n_ratings == 3
    with pytest.raises(IntegrityError):
        Rating.objects.create(user_id=10**9, movie_id=Movie.objects.first().pk, half_stars=1)


def test_building_indexes_makes_progress(source: Path) -> None:
    class Listener(importer.NoListener):
        def __init__(self) -> None:
            self.phases: list[str] = []
            self.shares: list[float] = []

        def phase(self, name: str) -> None:
            self.phases.append(name)

        def progress(self, meter: Meter, rows: int) -> None:
            if self.phases[-1] == "indexing":
                self.shares.append(meter.done / meter.total)

    listener = Listener()
    run_import(source, listener=listener)
    assert listener.phases == ["checking", "movies", "loading", "indexing"]
    assert listener.shares == sorted(listener.shares)
    assert len(set(listener.shares)) == 7, "four indexes, and what comes before and after them"
    assert listener.shares[-1] == 1


def test_a_second_import_writes_in_place(source: Path, loads: list) -> None:
    run_import(source)
    assert run_import(source).changed_nothing
    assert len(loads) == 1


@pytest.mark.parametrize("moved", [True, False], ids=["moved", "control"])
def test_ratings_given_meanwhile_are_kept_and_counted(
    source: Path,
    alice: User,
    make_movie: Callable[..., Movie],
    monkeypatch: pytest.MonkeyPatch,
    moved: bool,
) -> None:
    """Before the load, during it, and in a transaction that is open when the table is swapped."""
    movies = [make_movie("Clockmaker", 1961), make_movie("Before"), make_movie("Open")]
    Rating.objects.rate(alice, movies[1], 3)
    finish, rated = TableLoad.finish, threading.Event()

    def rate_and_stay_open() -> None:
        with transaction.atomic():
            Rating.objects.rate(alice, movies[2], 4)
            rated.set()
            threading.Event().wait(0.3)
        connection.close()

    def finish_with_raters(load: TableLoad, *args: Any) -> int:
        Rating.objects.rate(alice, movies[0], 5)
        rater = threading.Thread(target=rate_and_stay_open)
        rater.start()
        rated.wait()
        try:
            return finish(load, *args)
        finally:
            rater.join()

    monkeypatch.setattr(TableLoad, "finish", finish_with_raters)
    if not moved:
        monkeypatch.setattr(table_load, "_move_ratings_given_meanwhile", lambda cursor: None)
    run_import(source)
    assert alice.ratings.count() == (3 if moved else 0)
    assert (rating_counts.recount(connection) == 0) is moved
    assert Rating.objects.filter(movie=movies[0]).count() == (3 if moved else 2)


def test_a_killed_load_shows_nothing_and_goes_on(
    source: Path, loads: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_batches_of(1, monkeypatch)
    monkeypatch.setattr(table_load, "is_dead", lambda row: True)
    append, written = TableLoad.append, []

    def killed(load: TableLoad, *args: Any) -> None:
        if len(written) == 1:
            raise KeyboardInterrupt
        append(load, *args)
        written.append(args)

    monkeypatch.setattr(TableLoad, "append", killed)
    with pytest.raises(KeyboardInterrupt):
        run_import(source)
    assert not Rating.objects.exists()
    assert rating_counts.recount(connection) == 0
    assert UnfinishedLoad.objects.get().loaded_lines == 3

    appended: list[int] = []

    def noted(load: TableLoad, rows: Any, last_line: int) -> None:
        appended.append(rows.n)
        append(load, rows, last_line)

    monkeypatch.setattr(TableLoad, "append", noted)
    assert run_import(source).ratings_new == 4
    assert appended == [2]
    assert len(stored_ratings()) == 4
    assert rating_counts.recount(connection) == 0


@pytest.mark.parametrize("n_built", [1, 4])
def test_a_load_killed_while_it_builds_indexes_goes_on(
    source: Path, monkeypatch: pytest.MonkeyPatch, n_built: int
) -> None:
    monkeypatch.setattr(table_load, "is_dead", lambda row: True)
    before, done, built = catalogue_of("movies_rating"), table_load._done, []

    def killed(*args: Any) -> None:
        built.append(args)
        if len(built) == 1 + n_built:
            raise KeyboardInterrupt
        done(*args)

    monkeypatch.setattr(table_load, "_done", killed)
    with pytest.raises(KeyboardInterrupt):
        run_import(source)
    assert not Rating.objects.exists()
    monkeypatch.setattr(table_load, "_done", done)
    assert run_import(source).ratings_new == 4
    assert catalogue_of("movies_rating") == before
    assert rating_counts.recount(connection) == 0


def test_who_goes_on_with_a_killed_load_owns_it(loads: list) -> None:
    """Or its heartbeat would not count, and it would be taken over while it builds indexes."""
    assert TableLoad.begin("ml", "print", 1)
    UnfinishedLoad.objects.update(worker="gone 1 1.00", heartbeat_at=LONG_AGO)
    assert TableLoad.begin("ml", "print", 1)
    assert UnfinishedLoad.objects.get().worker == worker_claims.this_process()
    assert loads[1]._ours().exists()
    nothing = RatingRows(*[np.empty(0, np.int64)] * 4)
    loads[1].append(nothing, 7)
    assert UnfinishedLoad.objects.get().loaded_lines == 7
    UnfinishedLoad.objects.update(worker="faster 1 1.00")
    with pytest.raises(SourceError, match="taken over"):
        loads[1].append(nothing, 9)
    assert UnfinishedLoad.objects.get().loaded_lines == 7


def test_another_file_does_not_go_on_from_a_killed_load(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_load, "is_dead", lambda row: True)
    finish = TableLoad.finish

    def killed(*args: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(TableLoad, "finish", killed)
    with pytest.raises(KeyboardInterrupt):
        run_import(source)
    monkeypatch.setattr(TableLoad, "finish", finish)
    run_import(write_csv(source, ratings=RATINGS_CSV.replace("1,2,0.5", "1,2,3.0")))
    assert [row[2] for row in stored_ratings()] == [8, 6, 10, 7]
    assert UnfinishedLoad.objects.count() == 0


def test_repeated_lines_far_apart(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_batches_of(1, monkeypatch)
    run_import(write_csv(source, ratings=RATINGS_CSV + "1,2,2.0,1100000009\n1,1,1.0,1000000000\n"))
    assert [row[2] for row in stored_ratings()] == [8, 4, 10, 7]
    assert rating_counts.recount(connection) == 0


def test_a_movie_deleted_meanwhile_takes_its_ratings_along(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = TableLoad.finish

    def finish_without_a_movie(load: TableLoad, *args: Any) -> int:
        Movie.objects.get(movielens_id=1).delete()
        return finish(load, *args)

    monkeypatch.setattr(TableLoad, "finish", finish_without_a_movie)
    assert run_import(source).ratings_new == 2
    assert rating_counts.recount(connection) == 0


def test_a_table_that_others_depend_on_stays(source: Path, loads: list) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE VIEW stars AS SELECT half_stars FROM movies_rating")
    try:
        assert run_import(source).ratings_new == 4
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP VIEW stars")
    assert loads == []
