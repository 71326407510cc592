"""Merging rows into the ratings table: what is written, and what others see of it."""

import threading
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest
from django.db import connection, transaction

from accounts.models import User
from cfsite.lib.transactions import in_transaction
from movies.imports.rating_rows import Merged, RatingRows, merge
from movies.models import Movie, Rating, RatingChanges
from movies.models.triggers import rating_counts

pytestmark = pytest.mark.django_db(transaction=True)
ON_POSTGRESQL = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL only")
PATIENCE = 60


@pytest.fixture(autouse=True)
def _triggers() -> None:
    rating_counts.install(connection)


@pytest.fixture
def movies(make_movie: Callable[..., Movie]) -> list[Movie]:
    return [make_movie(f"Lantern {n}", 1960 + n) for n in range(3)]


@pytest.fixture
def rater(make_user: Callable[..., User]) -> User:
    return make_user("ml-tiny:1", is_dataset_member=True, is_active=False)


def rows_of(rater: User, movies: list[Movie], half_stars: list[int], second: int) -> RatingRows:
    ids = np.array([movie.pk for movie in movies])
    return RatingRows(
        np.full(ids.size, rater.pk), ids, np.array(half_stars), np.full(ids.size, second)
    )


def merged(rows: RatingRows) -> Merged:
    return in_transaction(lambda: merge(rows))


def counts(movies: list[Movie]) -> list[tuple[int, int]]:
    pks = [movie.pk for movie in movies]
    return list(
        Movie.objects.filter(pk__in=pks).order_by("pk").values_list("n_ratings", "half_star_sum")
    )


def test_it_works(rater: User, movies: list[Movie]) -> None:
    assert merged(rows_of(rater, movies[:2], [8, 3], 100)) == (2, 0)
    assert merged(rows_of(rater, movies, [8, 4, 10], 200)) == (1, 1)
    stored = Rating.objects.order_by("movie")
    assert [rating.half_stars for rating in stored] == [8, 4, 10]
    assert [rating.rated_at.timestamp() for rating in stored] == [100, 200, 200]
    assert counts(movies) == [(1, 8), (1, 4), (1, 10)]
    assert RatingChanges.total() == 4


def test_a_newer_rating_stays(rater: User, movies: list[Movie]) -> None:
    merged(rows_of(rater, movies[:1], [8], 200))
    assert merged(rows_of(rater, movies[:1], [3], 199)) == (0, 0)
    assert Rating.objects.get().half_stars == 8


def test_no_rows() -> None:
    no_numbers = np.empty(0, np.int64)
    assert merged(RatingRows(no_numbers, no_numbers, no_numbers, no_numbers)) == (0, 0)


def test_ratings_of_raters_who_count_nowhere_are_not_counted(
    make_user: Callable[..., User], movies: list[Movie]
) -> None:
    merged(rows_of(make_user("left", is_active=False), movies[:1], [8], 100))
    assert counts(movies[:1]) == [(0, 0)]
    assert rating_counts.recount(connection) == 0


@ON_POSTGRESQL
def test_rows_that_are_stored_already_are_not_touched(rater: User, movies: list[Movie]) -> None:
    """Not locked either: a locked row has another xmax, and its page is written."""

    def versions() -> list:
        with connection.cursor() as cursor:
            cursor.execute("SELECT ctid::text, xmin::text, xmax::text FROM movies_rating")
            rows = cursor.fetchall()
            cursor.execute("SELECT ctid::text, xmin::text FROM movies_movie ORDER BY id")
            return [*rows, *cursor.fetchall()]

    rows = rows_of(rater, movies, [8, 3, 10], 100)
    merged(rows)
    before, changes = versions(), RatingChanges.total()
    assert merged(rows) == (0, 0)
    assert versions() == before
    assert RatingChanges.total() == changes


def test_the_insert_trigger_is_back_after_a_failed_merge(
    rater: User, movies: list[Movie], alice: User
) -> None:
    with suppress(ZeroDivisionError), transaction.atomic():
        merge(rows_of(rater, movies, [8, 3, 10], 100))
        raise ZeroDivisionError
    assert not Rating.objects.exists()
    Rating.objects.rate(alice, movies[0], 2)
    assert counts(movies) == [(1, 4), (0, 0), (0, 0)]


# What a recount of the touched movies would be that does not lock them before it counts.
_COUNT_WITHOUT_LOCKS = """
CREATE OR REPLACE FUNCTION movies_rating_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE movies_movie AS movie SET n_ratings = total.n, half_star_sum = total.half_stars
    FROM (SELECT movie_id, count(*) AS n, sum(half_stars) AS half_stars FROM movies_rating
          WHERE movie_id IN (SELECT movie_id FROM new_rows) GROUP BY movie_id) AS total
    WHERE movie.id = total.movie_id;
    RETURN NULL;
END $$
"""


@ON_POSTGRESQL
@pytest.mark.parametrize("locks", [True, False], ids=["locked", "control"])
def test_a_member_who_rates_meanwhile_is_counted(
    rater: User, movies: list[Movie], alice: User, locks: bool
) -> None:
    """Her transaction is open while the merge counts the same movie."""
    if not locks:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT_WITHOUT_LOCKS)
    failures: list[BaseException] = []

    def merge_elsewhere() -> None:
        try:
            merged(rows_of(rater, movies, [8, 3, 10], 100))
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    merging = threading.Thread(target=merge_elsewhere)
    try:
        with transaction.atomic():
            Rating.objects.rate(alice, movies[0], 2)
            if not locks:  # in hers, the trigger counts as it should
                Movie.objects.filter(pk=movies[0].pk).update(n_ratings=1, half_star_sum=4)
            merging.start()
            _wait_until_somebody_waits_for_a_lock()
        merging.join(PATIENCE)
        assert not merging.is_alive()
        assert failures == []
        assert Rating.objects.filter(movie=movies[0]).count() == 2
        assert (counts(movies)[0] == (2, 12)) is locks
        assert rating_counts.recount(connection) == (0 if locks else 1)
    finally:
        rating_counts.install(connection)


def _wait_until_somebody_waits_for_a_lock() -> None:
    """As seen by the transaction that holds it."""
    waited = threading.Event()
    for _ in range(PATIENCE * 50):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        waited.wait(0.02)
    raise AssertionError("nobody waited")
