"""Writes, verifies and reads the factor tables; `load_items` reads the movie factors.

Vectors are stored as little-endian float32: exact, and ten times smaller and faster than JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from movies.models import Rating
from recommender import user_copy, user_partitions
from recommender.core import Factors, ItemFactors
from recommender.core.fitting.user_rows import UserRows
from recommender.core.onboarding.item_clusters import ItemClusters
from recommender.load_items import VECTOR
from recommender.load_items import load_items as load_items
from recommender.models import MovieFactors, MovieGroups, TasteMap, TrainingRun, UserFactors

BATCH = 2_000
# Users written in a transaction, which holds SQLite's write lock.
USERS_AT_ONCE = {"sqlite": BATCH, "postgresql": 20_000}


class StoredRunDiffers(Exception):
    """The rows read back differ from those written."""


@dataclass(frozen=True)
class FittedUser:
    """What folding in needs to know about a user who was in the fit."""

    implicit: np.ndarray  # (n_factors,) float32: the user's share x_u in the rated movies
    movie_ids: np.ndarray  # (n,) the movies with that share, of those still rated


def write(
    run: TrainingRun,
    factors: Factors,
    on_batch: Callable[[int, int], None],
    *,
    has_users: bool = False,
) -> None:
    """Write all rows of an inactive run, in transactions of a few thousand rows.

    `on_batch(done, total)` is called after each transaction; if it raises, writing stops.
    has_users: the users' rows have been written by those who finished them.
    """
    items = factors.items
    total = len(items.item_ids) + (0 if has_users else len(factors.user_ids))
    done = 0
    statement = _insert_movies()
    for batch in _batches(_movie_rows(items)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(statement, [(run.pk, *row) for row in batch])
        done += len(batch)
        on_batch(done, total)
    if has_users:
        return
    user_partitions.make(run.pk)
    write_users = _copy_users if connection.vendor == "postgresql" else _insert_users
    for users in _users_in_batches(factors):
        with transaction.atomic():
            write_users(run.pk, users)
        done += users.user_ids.size
        on_batch(done, total)


def verify(run: TrainingRun, factors: Factors) -> None:
    """Read the run back and compare it with the fitted factors.

    Rows may be missing if their movie or user was deleted meanwhile.

    Raises:
        StoredRunDiffers
    """
    columns = [field.attname for field in MovieFactors._meta.concrete_fields[2:]]
    rows = MovieFactors.objects.filter(run=run).order_by("movie_id").values_list(*columns)
    _compare(_movie_rows(factors.items), rows.iterator())
    compare_users = _compare_copied if connection.vendor == "postgresql" else _compare_inserted
    n_stored = 0
    for users in _users_in_batches(factors):
        n_stored += compare_users(run.pk, users)
    if n_stored != UserFactors.objects.filter(run=run).count():
        raise StoredRunDiffers("rows of users that nobody wrote")


def _compare(expected_rows: Iterator[tuple], stored: Iterable[tuple]) -> None:
    """Stored rows must equal the expected ones in order; expected ones may be missing."""
    for row in (tuple(map(_as_stored, stored_row)) for stored_row in stored):
        for expected in expected_rows:
            if expected[0] == row[0]:
                break
        else:
            raise StoredRunDiffers(f"a row for {row[0]} that nobody wrote")
        if expected != row:
            raise StoredRunDiffers(f"the row for {row[0]} was stored differently")


def _as_stored(value: Any) -> Any:
    # PostgreSQL hands bytes back as memoryview under some drivers.
    return bytes(value) if isinstance(value, memoryview) else value


def drop_orphans(run: TrainingRun) -> None:
    """Delete rows of movies and users that were deleted while the run was being written."""
    for model, column, owner in (
        (MovieFactors, "movie_id", "movies_movie"),
        (UserFactors, "user_id", "accounts_user"),
    ):
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {table} WHERE run_id = %s AND NOT EXISTS "  # noqa: S608
                f"(SELECT 1 FROM {owner} WHERE {owner}.id = {table}.{column})",
                [run.pk],
            )


def delete(run: TrainingRun) -> None:
    """Delete a run's rows in short statements; a long one would hold SQLite's write lock.

    On PostgreSQL the users' partition is dropped, by a later call if others keep it locked.
    """
    _delete_in_batches(MovieFactors.objects.filter(run=run), "movie_id")
    if user_partitions.drop(run.pk):
        _delete_in_batches(UserFactors.objects.filter(run=run), "user_id")
    TasteMap.objects.filter(run=run).delete()
    MovieGroups.objects.filter(run=run).delete()


def _delete_in_batches(rows: QuerySet, column: str) -> None:
    """Delete rows of one run, by the ids of what they are about."""
    while ids := list(rows.order_by(column).values_list(column, flat=True)[:BATCH]):
        rows.filter(**{f"{column}__gte": ids[0], f"{column}__lte": ids[-1]}).delete()


def has_rows(run: TrainingRun) -> bool:
    return MovieFactors.objects.filter(run=run).exists()


def with_rows(runs: QuerySet[TrainingRun]) -> QuerySet[TrainingRun]:
    """Those of `runs` that still have factors."""
    rows = (model.objects.filter(run=OuterRef("pk")) for model in (MovieFactors, UserFactors))
    movies, users = (Exists(own) for own in rows)
    return runs.filter(movies | users)


def load_user(run_id: int, user_id: int) -> FittedUser | None:
    """The fitted part of a user; None if they were not in the fit."""
    return load_users(run_id, [user_id]).get(user_id)


def load_users(run_id: int, user_ids: Sequence[int]) -> dict[int, FittedUser]:
    """The fitted parts of those users who were in the fit."""
    rows = UserFactors.objects.filter(run_id=run_id, user_id__in=user_ids)
    implicit = dict(rows.values_list("user_id", "implicit"))
    up_to = TrainingRun.objects.filter(pk=run_id).values("fitted_up_to")
    learned = Rating.objects.filter(user_id__in=implicit, pk__lte=Subquery(up_to)).order_by()
    movies: dict[int, list[int]] = {user_id: [] for user_id in implicit}
    for user_id, movie_id in learned.values_list("user_id", "movie_id").iterator():
        movies[user_id].append(movie_id)
    return {
        user_id: FittedUser(np.frombuffer(blob, VECTOR), np.array(movies[user_id], np.int64))
        for user_id, blob in implicit.items()
    }


def write_movie_groups(run: TrainingRun, groups: ItemClusters, items: ItemFactors) -> None:
    """Store the movie groups of a run."""
    MovieGroups.objects.update_or_create(
        run=run,
        defaults={
            "shown": [items.item_ids[rows].tolist() for rows in groups.shown],
            "centres": groups.centres.astype(VECTOR, copy=False).tobytes(),
            "mean_interest": groups.mean_interest.astype(VECTOR, copy=False).tobytes(),
            "spread": groups.interest_covariance.astype(VECTOR, copy=False).tobytes(),
        },
    )


def load_movie_groups(run_id: int, items: ItemFactors) -> ItemClusters:
    """The movie groups of a run; none for a run stored without them.

    A group all of whose movies have been deleted is empty.
    """
    width = items.interest.shape[1]
    stored = MovieGroups.objects.filter(run=run_id).first()
    if stored is None:
        return ItemClusters.none(width)
    blobs = (stored.centres, stored.mean_interest, stored.spread)
    centres, means, spread = (np.frombuffer(b, VECTOR).reshape(-1, width) for b in blobs)
    rows = (items.index_of(ids) for ids in stored.shown)
    return ItemClusters(centres, means, spread, tuple(found[found >= 0] for found in rows))


def verify_movie_groups(run: TrainingRun, groups: ItemClusters, items: ItemFactors) -> None:
    """Read the groups back and compare them with the computed ones.

    Raises:
        StoredRunDiffers
    """
    stored = load_movie_groups(run.pk, items)
    pairs = [
        (groups.centres, stored.centres),
        (groups.mean_interest, stored.mean_interest),
        (groups.interest_covariance, stored.interest_covariance),
        *zip(groups.shown, stored.shown, strict=False),
    ]
    if len(groups) != len(stored) or not all(np.array_equal(a, b) for a, b in pairs):
        raise StoredRunDiffers("the groups were stored differently")


def _movie_rows(items: ItemFactors) -> Iterator[tuple]:
    columns = (items.vectors, items.implicit, items.interest, _two_dimensional(items.variance))
    blobs = [column.astype(VECTOR, copy=False) for column in columns]
    for row, movie_id in enumerate(items.item_ids.tolist()):
        yield (
            movie_id,
            float(items.bias[row]),
            *(blob[row].tobytes() for blob in blobs),
            int(items.n_ratings[row]),
        )


def _users_in_batches(factors: Factors) -> Iterator[UserRows]:
    n, size = factors.user_ids.size, USERS_AT_ONCE[connection.vendor]
    counts = np.bincount(factors.ratings.user_index, minlength=n)
    for start in range(0, n, size):
        part = slice(start, start + size)
        yield UserRows(
            factors.user_ids[part],
            factors.user_bias[part],
            factors.user_factors[part],
            factors.user_implicit[part],
            factors.user_interest[part],
            counts[part],
        )


def _insert_users(run_id: int, rows: UserRows) -> None:
    places = ", ".join(["%s"] * len(user_copy.COLUMNS.split(", ")))
    statement = f"INSERT INTO {user_copy.TABLE} ({user_copy.COLUMNS}) VALUES ({places})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, [(run_id, *row) for row in _as_tuples(rows)])


def _copy_users(run_id: int, rows: UserRows) -> None:
    with connection.cursor() as cursor:
        user_copy.copy_in(cursor, run_id, rows)


def _compare_inserted(run_id: int, rows: UserRows) -> int:
    """Returns how many rows there are."""
    columns = user_copy.COLUMNS.split(", ")[1:]
    found = list(_stored_users(run_id, rows).order_by("user_id").values_list(*columns))
    _compare(_as_tuples(rows), found)
    return len(found)


def _compare_copied(run_id: int, rows: UserRows) -> int:
    first, last = int(rows.user_ids[0]), int(rows.user_ids[-1])
    with connection.cursor() as cursor:
        stored = user_copy.copy_out(cursor, run_id, first, last)
    if stored == user_copy.copied(run_id, rows):
        return rows.user_ids.size
    left = list(_stored_users(run_id, rows).values_list("user_id", flat=True))
    is_left = np.isin(rows.user_ids, left)
    if stored != user_copy.copied(run_id, rows.at(np.flatnonzero(is_left))):
        raise StoredRunDiffers(f"rows of users {first} to {last} were stored differently")
    return int(np.count_nonzero(is_left))


def _stored_users(run_id: int, rows: UserRows) -> QuerySet[UserFactors]:
    """What is stored in the range of these users."""
    first, last = int(rows.user_ids[0]), int(rows.user_ids[-1])
    return UserFactors.objects.filter(run=run_id, user_id__gte=first, user_id__lte=last)


def _as_tuples(rows: UserRows) -> Iterator[tuple]:
    """The values of `user_copy.COLUMNS` after the run."""
    vectors = (rows.vectors, rows.implicit, rows.interest)
    blobs = [array.astype(VECTOR, copy=False) for array in vectors]
    numbers = zip(rows.user_ids.tolist(), rows.bias.tolist(), rows.n_ratings.tolist(), strict=True)
    for row, own in enumerate(numbers):
        yield (*own, *(blob[row].tobytes() for blob in blobs))


def _two_dimensional(array: np.ndarray) -> np.ndarray:
    return array if array.ndim == 2 else array.reshape(len(array), 1)


def _insert_movies() -> str:
    columns = [field.column for field in MovieFactors._meta.concrete_fields[1:]]
    places = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {MovieFactors._meta.db_table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608


def _batches(rows: Iterator[tuple]) -> Iterator[list[tuple]]:
    batch: list[tuple] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
