"""Workers write the rows of their users by themselves."""

import pickle

import numpy as np
import pytest
from django.db import connection

from accounts.models import User
from recommender import user_partitions
from recommender.core.fitting.user_rows import UserRows
from recommender.models import TrainingRun, UserFactors
from recommender.training.user_writer import WriteUsers

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="workers write PostgreSQL"),
]


def part(*users: User, bias: float) -> UserRows:
    n = len(users)
    return UserRows(
        user_ids=np.array([user.pk for user in users], np.int64),
        bias=np.full(n, bias, np.float32),
        vectors=np.ones((n, 3), np.float32),
        implicit=np.ones((n, 3), np.float32),
        interest=np.ones((n, 2), np.float32),
        n_ratings=np.full(n, 4),
    )


def test_it_works(alice: User, bob: User) -> None:
    run, other = TrainingRun.objects.create(), TrainingRun.objects.create(state="ready")
    user_partitions.make(run.pk)
    first, second = sorted([alice, bob], key=lambda user: user.pk)
    write = pickle.loads(pickle.dumps(WriteUsers(run.pk)))
    write(part(first, bias=0.25))
    write(part(second, bias=0.5))
    WriteUsers(other.pk)(part(second, bias=2.0))
    write(part(second, bias=0.75))  # once more, from another worker
    write(part(bias=1.0))
    rows = UserFactors.objects.order_by("run", "user").values_list("run", "user", "bias")
    assert list(rows) == [
        (run.pk, first.pk, 0.25),
        (run.pk, second.pk, 0.75),
        (other.pk, second.pk, 2.0),
    ]


def test_what_fails_leaves_the_rows_there_were(alice: User) -> None:
    run = TrainingRun.objects.create()
    write = WriteUsers(run.pk)
    write(part(alice, bias=0.25))
    with pytest.raises(Exception, match="duplicate key"):
        write(part(alice, alice, bias=0.5))
    assert UserFactors.objects.get(run=run).bias == 0.25
