"""Rows of users in the binary format of PostgreSQL's COPY."""

import struct

import numpy as np
import pytest
from django.db import connection

from accounts.models import User
from recommender import user_copy
from recommender.core.fitting.user_rows import UserRows
from recommender.models import TrainingRun, UserFactors


def rows(*user_ids: int) -> UserRows:
    n = len(user_ids)
    rng = np.random.default_rng(1)
    return UserRows(
        user_ids=np.array(user_ids, np.int64),
        bias=rng.random(n, np.float32),
        vectors=rng.random((n, 3), np.float32),
        implicit=rng.random((n, 3), np.float32),
        interest=rng.random((n, 2), np.float32),
        n_ratings=np.arange(n) + 5,
    )


def test_it_works() -> None:
    one = rows(1 << 40)
    data = user_copy.copied(7, one)
    assert data.startswith(b"PGCOPY\n\xff\r\n\0" + bytes(8))
    assert data.endswith(b"\xff\xff")
    fields, at = [], 21
    for _ in range(struct.unpack_from(">h", data, 19)[0]):
        (length,) = struct.unpack_from(">i", data, at)
        fields.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    assert at == len(data) - 2
    assert fields == [
        struct.pack(">q", 7),
        struct.pack(">q", 1 << 40),
        struct.pack(">d", one.bias[0]),
        struct.pack(">i", 5),
        struct.pack("<3f", *one.vectors[0]),
        struct.pack("<3f", *one.implicit[0]),
        struct.pack("<2f", *one.interest[0]),
    ]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="COPY is PostgreSQL's")
def test_what_is_copied_in_comes_out(alice: User, bob: User) -> None:
    run = TrainingRun.objects.create()
    both = rows(*sorted([alice.pk, bob.pk]))
    with connection.cursor() as cursor:
        user_copy.copy_in(cursor, run.pk, both)
        everybody = user_copy.copy_out(cursor, run.pk, 0, 1 << 40)
        second = user_copy.copy_out(cursor, run.pk, int(both.user_ids[1]), 1 << 40)
    assert everybody == user_copy.copied(run.pk, both)
    assert second == user_copy.copied(run.pk, both.at(np.array([1])))
    stored = UserFactors.objects.get(run=run, user_id=int(both.user_ids[1]))
    assert stored.bias == both.bias[1]
    assert bytes(stored.vector) == both.vectors[1].tobytes()
    assert stored.n_ratings == 6
