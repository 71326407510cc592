"""Each run's users have a partition on PostgreSQL, which is dropped with the run."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from accounts.models import User
from recommender import user_partitions
from recommender.models import TrainingRun, UserFactors

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one table for all runs"
)


@pytest.fixture
def run(db: None) -> TrainingRun:
    return TrainingRun.objects.create(state=TrainingRun.State.READY)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_partitions, "ATTEMPTS", 2)
    monkeypatch.setattr(user_partitions, "PAUSE", 0.0)
    monkeypatch.setattr(user_partitions, "LOCK_TIMEOUT", "10ms")


def add_row(run: TrainingRun, user: User) -> None:
    UserFactors.objects.create(
        run=run, user=user, bias=0.5, vector=b"", implicit=b"", interest=b"", n_ratings=1
    )


def partition_of(run: TrainingRun) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tableoid::regclass::text FROM recommender_userfactors"
            " WHERE run_id = %s",
            [run.pk],
        )
        ((name,),) = cursor.fetchall()
        return name


def test_it_works(run: TrainingRun, alice: User) -> None:
    user_partitions.make(run.pk)
    user_partitions.make(run.pk)  # a second time, nothing
    add_row(run, alice)
    assert partition_of(run) == f"recommender_userfactors_run_{run.pk}"
    assert user_partitions.drop(run.pk)
    assert not UserFactors.objects.filter(run=run).exists()
    assert user_partitions.drop(run.pk)


def test_a_user_has_one_row_in_a_run(run: TrainingRun, alice: User) -> None:
    user_partitions.make(run.pk)
    add_row(run, alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        add_row(run, alice)


def test_erasing_an_account_deletes_its_rows(run: TrainingRun, alice: User, bob: User) -> None:
    user_partitions.make(run.pk)
    add_row(run, alice)
    add_row(run, bob)
    alice.delete()
    assert list(UserFactors.objects.values_list("user_id", flat=True)) == [bob.pk]


def test_a_run_without_a_partition_keeps_its_rows_in_the_default_one(
    run: TrainingRun, alice: User
) -> None:
    add_row(run, alice)
    assert partition_of(run) == "recommender_userfactors_default"


def test_the_partition_of_a_deleted_run_is_dropped(run: TrainingRun, alice: User) -> None:
    other = TrainingRun.objects.create(state=TrainingRun.State.READY)
    for each in (run, other):
        user_partitions.make(each.pk)
        add_row(each, alice)
    run_id = run.pk
    run.delete()
    user_partitions.drop_unused()
    assert user_partitions.runs() == {other.pk}
    assert run_id not in user_partitions.runs()


@contextmanager
def locked_by_others() -> Iterator[None]:
    """As by a dump, which keeps all tables until it ends."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT count(*) FROM recommender_userfactors")
            yield
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("impatient")
def test_while_others_lock_the_table_rows_go_to_the_default_partition(
    run: TrainingRun, alice: User
) -> None:
    with locked_by_others():
        user_partitions.make(run.pk)
        add_row(run, alice)
    assert partition_of(run) == "recommender_userfactors_default"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("impatient")
def test_while_others_lock_the_table_nothing_is_dropped(run: TrainingRun, alice: User) -> None:
    user_partitions.make(run.pk)
    add_row(run, alice)
    with locked_by_others():
        assert not user_partitions.drop(run.pk)
        assert UserFactors.objects.filter(run=run).exists()
    assert user_partitions.drop(run.pk)
    assert not UserFactors.objects.filter(run=run).exists()
