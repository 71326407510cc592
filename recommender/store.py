"""Writes, verifies and reads the factor tables; `load_items` reads the movie factors.

Vectors are stored as little-endian float32: exact, and ten times smaller and faster than JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from recommender.core import Factors, ItemFactors
from recommender.core.onboarding.item_clusters import ItemClusters
from recommender.load_items import VECTOR
from recommender.load_items import load_items as load_items
from recommender.models import MovieFactors, MovieGroups, TasteMap, TrainingRun, UserFactors

BATCH = 2_000
IDS = np.dtype("<i4")


class StoredRunDiffers(Exception):
    """The rows read back differ from those written."""


@dataclass(frozen=True)
class FittedUser:
    """What folding in needs to know about a user who was in the fit."""

    implicit: np.ndarray  # (n_factors,) float32: the user's share x_u in the rated movies
    movie_ids: np.ndarray  # (n,) int32 ascending: the movies with that share

    @classmethod
    def of_row(cls, implicit: bytes, fitted_movies: bytes) -> FittedUser:
        return cls(np.frombuffer(implicit, VECTOR), np.frombuffer(fitted_movies, IDS))


def write(run: TrainingRun, factors: Factors, on_batch: Callable[[int, int], None]) -> None:
    """Write all rows of an inactive run, in transactions of a few thousand rows.

    `on_batch(done, total)` is called after each transaction; if it raises, writing stops.
    """
    items = factors.items
    total = len(items.item_ids) + len(factors.user_ids)
    done = 0
    for model, rows in ((MovieFactors, _movie_rows(items)), (UserFactors, _user_rows(factors))):
        statement = _insert_statement(model)
        for batch in _batches(rows):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.executemany(statement, [(run.pk, *row) for row in batch])
            done += len(batch)
            on_batch(done, total)


def verify(run: TrainingRun, factors: Factors) -> None:
    """Read the run back and compare it with the fitted factors.

    Rows may be missing if their movie or user was deleted meanwhile.

    Raises:
        StoredRunDiffers
    """
    for model, rows in (
        (MovieFactors, _movie_rows(factors.items)),
        (UserFactors, _user_rows(factors)),
    ):
        columns = [field.attname for field in model._meta.concrete_fields[2:]]
        stored = iter(
            model.objects.filter(run=run).order_by(columns[0]).values_list(*columns).iterator()
        )
        _compare(rows, ((row[0], *map(_as_stored, row[1:])) for row in stored))


def _compare(expected_rows: Iterator[tuple], stored: Iterator[tuple]) -> None:
    """Stored rows must equal the expected ones in order; expected ones may be missing."""
    for row in stored:
        for expected in expected_rows:
            if expected[0] == row[0]:
                break
        else:
            raise StoredRunDiffers(f"a row for {row[0]} that nobody wrote")
        if (expected[0], *map(_as_stored, expected[1:])) != row:
            raise StoredRunDiffers(f"the row for {row[0]} was stored differently")


def _as_stored(value: Any) -> Any:
    # PostgreSQL hands bytes back as memoryview under some drivers.
    return bytes(value) if isinstance(value, memoryview) else value


def drop_orphans(run: TrainingRun) -> None:
    """Delete rows of movies and users that were deleted while the run was being written."""
    for model, owner in ((MovieFactors, "movies_movie"), (UserFactors, "accounts_user")):
        column = model._meta.concrete_fields[2].column
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {table} WHERE run_id = %s AND NOT EXISTS "  # noqa: S608
                f"(SELECT 1 FROM {owner} WHERE {owner}.id = {table}.{column})",
                [run.pk],
            )


def delete(run: TrainingRun) -> None:
    """Delete a run's rows in short statements; a long one would hold SQLite's write lock."""
    for model in (MovieFactors, UserFactors):
        while True:
            ids = list(model.objects.filter(run=run).values_list("pk", flat=True)[:BATCH])
            if not ids:
                break
            model.objects.filter(pk__gte=min(ids), pk__lte=max(ids), run=run).delete()
    TasteMap.objects.filter(run=run).delete()
    MovieGroups.objects.filter(run=run).delete()


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
    return {
        user_id: FittedUser.of_row(implicit, movies)
        for user_id, implicit, movies in rows.values_list("user_id", "implicit", "fitted_movies")
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


def _user_rows(factors: Factors) -> Iterator[tuple]:
    columns = (factors.user_factors, factors.user_implicit, factors.user_interest)
    blobs = [column.astype(VECTOR, copy=False) for column in columns]
    for row, user_id in enumerate(factors.user_ids.tolist()):
        movies = np.sort(factors.items.item_ids[factors.rated_by(user_id)]).astype(IDS)
        yield (
            user_id,
            float(factors.user_bias[row]),
            *(blob[row].tobytes() for blob in blobs),
            movies.tobytes(),
        )


def _two_dimensional(array: np.ndarray) -> np.ndarray:
    return array if array.ndim == 2 else array.reshape(len(array), 1)


def _insert_statement(model: type[MovieFactors] | type[UserFactors]) -> str:
    columns = [field.column for field in model._meta.concrete_fields[1:]]
    places = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608


def _batches(rows: Iterator[tuple]) -> Iterator[list[tuple]]:
    batch: list[tuple] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
