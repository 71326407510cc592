"""However many refits are started at once, and however often a message comes: one fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from movies.models import Movie, Rating
from recommender import tasks
from recommender.models import TrainingRun
from recommender.training import refit, run_lock, snapshot
from tests import servers
from tests.faults import children
from tests.faults.counts import report, times
from tests.faults.runs import State, faults_of_the_active_run
from tests.site import eventually, running_site

N = 5


def refit_beside_others(_number: int, everybody: Any) -> str:
    """A refit that goes on once all others have tried to start theirs."""
    read = snapshot.read_snapshot

    def read_when_all_have_tried() -> Any:
        everybody.wait(children.PATIENCE)
        return read()

    snapshot.read_snapshot = read_when_all_have_tried
    try:
        return refit.refit(seed=7).state
    except run_lock.AlreadyRunning:
        everybody.wait(children.PATIENCE)
        return "already running"


def tick_beside_others(_number: int, everybody: Any) -> str:
    """The task as a worker runs it when it takes the message."""
    read = snapshot.read_snapshot
    fits = []

    def read_when_all_have_tried() -> Any:
        fits.append(1)
        everybody.wait(children.PATIENCE)
        return read()

    snapshot.read_snapshot = read_when_all_have_tried
    run = tasks.refit_if_due()["run"]
    if not fits:
        everybody.wait(children.PATIENCE)
    return "nothing to do" if run is None else "fit"


def test_of_five_refits_one_runs(fitted: TrainingRun) -> None:
    rounds = times(1, 20)
    for _ in range(rounds):
        ended = Counter(children.at_once(N, refit_beside_others, children.barrier(N)))
        assert ended == {State.READY: 1, "already running": N - 1}
        assert faults_of_the_active_run() == []
    assert TrainingRun.objects.count() == 1 + rounds
    report(f"{rounds} x {N} refits at once: {rounds} fits")


@pytest.fixture
def no_lock(db: None) -> Iterator[None]:
    """The database without the constraint that is the lock."""
    name = "recommender_one_running_run"
    (lock,) = (one for one in TrainingRun._meta.constraints if one.name == name)
    with connection.schema_editor() as editor:
        editor.remove_constraint(TrainingRun, lock)
    yield
    TrainingRun.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(TrainingRun, lock)


def test_without_the_lock_all_five_run(fitted: TrainingRun, no_lock: None) -> None:
    """The control of the test above."""
    ended = Counter(children.at_once(N, refit_beside_others, children.barrier(N)))
    assert ended["already running"] == 0


def test_a_message_that_comes_five_times_is_one_fit(
    fitted: TrainingRun, even_fan: User, two_tastes: list[Movie]
) -> None:
    rounds = times(1, 20)
    for number in range(rounds):
        Rating.objects.rate(even_fan, two_tastes[10 + number], 4)
        run_lock.request()
        ended = Counter(children.at_once(N, tick_beside_others, children.barrier(N)))
        assert ended == {"fit": 1, "nothing to do": N - 1}
        assert tasks.refit_if_due() == {"run": None}, "a message that comes late finds it done"
    assert TrainingRun.objects.count() == 1 + rounds
    report(f"{rounds} messages delivered {N} times: {rounds} fits")


def test_two_beats_and_two_workers_fit_once(
    tmp_path: Path, fitted: TrainingRun, even_fan: User, two_tastes: list[Movie]
) -> None:
    rounds = times(1, 20)
    hasty = {"CFSITE_REFIT_TICK": "1", "CFSITE_REFIT_INTERVAL": "0"}
    with servers.redis() as url, running_site(tmp_path, REDIS_URL=url, **hasty) as site:
        for _ in range(2):
            site.start("celery", "-A", "tests.faults.noted_ticks", "worker", "--concurrency=1")
            site.beat()

        def ticks() -> int:
            noted = tmp_path / "ticks"  # when the first one is over, which is after its refit
            return noted.read_text().count("tick") if noted.exists() else 0

        for number in range(rounds):
            Rating.objects.rate(even_fan, two_tastes[10 + number], 4)
            changes = refit.RatingChanges.total()
            fits = TrainingRun.objects.filter(state=State.READY, rating_changes=changes)
            eventually(fits.exists, children.PATIENCE, "the refit")
            sent = ticks()
            eventually(lambda sent=sent: ticks() >= sent + 6, children.PATIENCE, "later ticks")
            assert fits.count() == 1
    states = Counter(TrainingRun.objects.values_list("state", flat=True))
    assert states == {State.READY: 1 + rounds}
    report(f"{rounds} ratings with two beats and two workers: {rounds} fits")
