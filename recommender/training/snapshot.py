"""Reads the ratings table into arrays, within one database snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating, RatingChanges
from recommender.core import Ratings
from recommender.core.fake_profiles.account_weights import account_weights, lifted
from recommender.core.teacher_weights import teacher_weight
from recommender.serving.genre_profiles import read_genres
from recommender.training.packed_ratings import (
    MAX_MOVIE_ID,
    MAX_USER_ID,
    Packed,
    joined,
    read_postgresql,
    read_sqlite,
    shared_snapshot,
    unpacked,
)
from recommender.training.rating_source import PostgresRatings

IDS_PER_CHUNK = 1_000_000


class IdTooLarge(Exception):
    """An id does not fit into the packed integer."""


@dataclass(frozen=True)
class Teacher:
    """The raters that came with data sets, as far as a fit learns from them."""

    n_users: int = 0
    n_ratings: int = 0
    weight: float = 1.0  # of each rating, beside 1 for the site's own


@dataclass(frozen=True)
class Snapshot:
    """Everything a fit needs, as of one moment."""

    ratings: Ratings  # weighted by teacher and age of the account
    genres: np.ndarray  # (n_items, n_genres) float32, rows as in ratings.item_ids
    rating_changes: int  # the change counter at the same moment
    last_rating: int  # its id; 0 without ratings
    teacher: Teacher = Teacher()
    n_new_accounts: int = 0  # whose ratings weigh less than others'
    # The same ratings, for the workers of a cluster to read; None where this process fits.
    source: PostgresRatings | None = None


@contextmanager
def open_snapshot(*, for_workers: bool = False) -> Iterator[Snapshot]:
    """As `read_snapshot`.

    for_workers: they may read from it within this context. PostgreSQL can't clean up meanwhile.
    """
    if not for_workers or connection.vendor != "postgresql" or connection.in_atomic_block:
        yield read_snapshot()
        return
    with shared_snapshot() as name:
        yield read_snapshot(name)


def read_snapshot(shared: str | None = None) -> Snapshot:
    """Read all ratings that may train the model, all movies, and the change counter.

    shared: a snapshot of PostgreSQL that is open elsewhere.

    Raises:
        IdTooLarge: a user id of 2**31 or a movie id of 2**28 and more.
    """
    with _one_snapshot(shared), connection.cursor() as cursor:
        changes = RatingChanges.total()
        last_rating = Rating.objects.aggregate(last=Max("pk"))["last"] or 0
        catalogue = np.fromiter(
            Movie.everything.filter(merged_into=None)
            .order_by("pk")
            .values_list("pk", flat=True)
            .iterator(),
            np.int64,
        )
        ratings = unpacked(*_read_packed(cursor), catalogue)
        teachers = User.objects.filter(is_dataset_member=True).order_by()
        teacher_ids = np.fromiter(teachers.values_list("pk", flat=True).iterator(), np.int64)
        joined = dict(User.objects.people().order_by().values_list("pk", "date_joined"))
        genres = read_genres(catalogue)[1]
    counts = np.bincount(ratings.user_index, minlength=ratings.n_users)
    is_teacher = np.isin(ratings.user_ids, teacher_ids)
    teacher = _teacher(ratings, is_teacher, counts)
    of_account = _by_account(ratings, joined, counts)
    weights = lifted(of_account, counts)
    weights *= np.where(is_teacher, np.float32(teacher.weight), np.float32(1))
    n_new = int(np.count_nonzero(of_account < 1.0))
    ratings = _weighed(ratings, weights)
    source = shared and PostgresRatings.of(shared, ratings)
    return Snapshot(ratings, genres, changes, last_rating, teacher, n_new, source or None)


def _teacher(ratings: Ratings, is_teacher: np.ndarray, counts: np.ndarray) -> Teacher:
    """The raters of data sets, who weigh what the operator wants."""
    weight = settings.TEACHER_WEIGHT
    if weight is None:
        weight = teacher_weight(ratings, is_teacher)
    return Teacher(int(np.count_nonzero(is_teacher)), int(counts[is_teacher].sum()), weight)


def _by_account(ratings: Ratings, joined: dict[int, datetime], counts: np.ndarray) -> np.ndarray:
    """(n_users,) what each account weighs; by whole days, so that refits can be repeated."""
    now = timezone.now()
    ages = ((now - joined[pk]).days if pk in joined else np.inf for pk in ratings.user_ids.tolist())
    days = np.fromiter(ages, np.float64, count=ratings.n_users)
    return account_weights(days, counts)


def _weighed(ratings: Ratings, weights: np.ndarray) -> Ratings:
    """The ratings with the weights of their users, (n_users,); as they are where all are alike."""
    if not weights.size or weights.min() == weights.max():
        return ratings
    return replace(ratings, weights=weights[ratings.user_index])


@contextmanager
def _one_snapshot(shared: str | None) -> Iterator[None]:
    """All reads inside see the same snapshot, without blocking writers."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            if shared:  # the name comes from PostgreSQL; this statement takes no parameters
                cursor.execute(f"SET TRANSACTION SNAPSHOT '{shared}'")
            yield
    else:
        # Django's transactions on SQLite are IMMEDIATE, which would hold the write lock.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def _read_packed(cursor: Any) -> Packed:
    """By user and movie."""
    cursor.execute("SELECT min(id), max(id), max(user_id), max(movie_id) FROM movies_rating")
    first, last, max_user, max_movie = cursor.fetchone()
    if first is None:
        return np.empty(0, np.int64), np.empty(0, np.int32)
    if max_user > MAX_USER_ID or max_movie > MAX_MOVIE_ID:
        raise IdTooLarge(f"user id {max_user} or movie id {max_movie} is too large to pack")
    starts = range(first, last + 1, IDS_PER_CHUNK)
    if connection.vendor == "postgresql":
        own = connection.connection  # shares the snapshot
        return joined(read_postgresql(own, "id", n, n + IDS_PER_CHUNK) for n in starts)
    return joined(read_sqlite(cursor, "id", n, n + IDS_PER_CHUNK) for n in starts)
