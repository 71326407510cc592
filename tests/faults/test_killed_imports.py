"""An import killed at any statement leaves true counts, and the next one ends as if nothing was."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import User
from movies.imports import importer, table_load
from movies.imports.movielens.reader import open_dataset
from movies.models import Movie, Rating, UnfinishedLoad
from movies.models.triggers import rating_counts
from tests.faults import children
from tests.faults.counts import report, times
from tests.faults.statements import Statements
from tests.movies.imports.movielens_files import write_csv

N_RATERS, N_MOVIES = 8, 6


@pytest.fixture
def source(tmp_path: Path, db: None) -> Path:
    movies = "".join(f"{n},Lantern {n} (1960),Drama\n" for n in range(1, N_MOVIES + 1))
    ratings = "".join(
        f"{rater},{movie},{(rater + movie) % 10 / 2 + 0.5},{1_100_000_000 + movie}\n"
        for rater in range(1, N_RATERS + 1)
        for movie in range(1, N_MOVIES + 1)
    )
    return write_csv(
        tmp_path / "ml-tiny",
        movies="movieId,title,genres\n" + movies,
        ratings="userId,movieId,rating,timestamp\n" + ratings,
        links=None,
    )


def run_import(source: Path, statements: Statements, is_load: bool) -> int:
    """In batches of one rater each. Returns how many statements it took."""
    importer._first_batch_size = lambda: 1
    importer._next_batch_size = lambda rows, seconds: 1
    if is_load:
        table_load.MIN_BYTES, table_load.MAX_SHARE_HERE = 0, 100
    with connection.execute_wrapper(statements):
        importer.import_source(open_dataset(source))
    return statements.n


def run_import_that_counts_late(source: Path, statements: Statements) -> int:
    """The control: each batch is counted after its commit."""
    write = importer.RatingImport.write

    def write_uncounted(self: importer.RatingImport, batch: importer.RatingBlock) -> float:
        table = "movies_rating"
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                seconds = write(self, batch)
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
                cursor.execute("SELECT 'counting'")
                rating_counts.recount(connection)
                return seconds
        added, rating_counts._SQLITE_ADD_STAGED = rating_counts._SQLITE_ADD_STAGED, "SELECT 1"
        seconds = write(self, batch)
        rating_counts._SQLITE_ADD_STAGED = added
        with connection.cursor() as cursor:
            cursor.execute("SELECT 'counting'")
        rating_counts.recount(connection)
        return seconds

    importer.RatingImport.write = write_uncounted
    return run_import(source, statements, is_load=False)


def stored() -> list[tuple[str, str, int]]:
    names = ("user__username", "movie__title", "half_stars")
    return list(Rating.objects.order_by(*names[:2]).values_list(*names))


def start_again() -> None:
    User.objects.filter(is_dataset_member=True).delete()
    Movie.objects.all().delete()
    UnfinishedLoad.objects.all().delete()


@pytest.mark.parametrize("is_load", [False, True], ids=["in place", "load table"])
def test_an_import_killed_at_any_statement_goes_on(source: Path, is_load: bool) -> None:
    if is_load and connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    n_statements = children.result_of(run_import, source, Statements(), is_load)
    expected = stored()
    assert len(expected) == N_RATERS * N_MOVIES
    draw, rounds, halfway = random.Random(4), times(3, 60), 0
    for _ in range(rounds):
        start_again()
        last, after = draw.randint(n_statements // 3, n_statements), draw.random() < 0.5
        killed = children.start(run_import, source, Statements(last, after=after), is_load)
        assert children.ended(killed) == -9, f"at {last} of {n_statements}"
        halfway += 0 < Rating.objects.count() < len(expected)
        assert rating_counts.recount(connection) == 0, f"killed at {last} of {n_statements}"
        children.result_of(run_import, source, Statements(), is_load)
        assert stored() == expected
        assert rating_counts.recount(connection) == 0
        assert not UnfinishedLoad.objects.exists()
    report(f"{rounds} imports killed, {halfway} with a part of the ratings written: 0 wrong counts")


def test_counting_after_the_commit_is_seen(source: Path) -> None:
    """The control of the test above."""
    killed = Statements(2, containing="SELECT 'counting'")
    assert children.ended(children.start(run_import_that_counts_late, source, killed)) == -9
    assert rating_counts.recount(connection) > 0
    rating_counts.install(connection)
