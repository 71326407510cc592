"""A refit killed at any statement leaves the old run or the new one, whole."""

from __future__ import annotations

import random
from typing import Any

from django.db import connection

from recommender import store
from recommender.models import TrainingRun
from recommender.training import refit, run_lock
from tests.faults import children
from tests.faults.counts import report, times
from tests.faults.runs import State, faults_of_the_active_run, left_behind
from tests.faults.statements import Statements

MANY_BATCHES = 7  # rows in a batch, so that a store of few rows takes many statements


def tick(statements: Statements) -> tuple[str, int]:
    """The worker's tick; the state of its run, and how many statements it took."""
    store.BATCH = MANY_BATCHES
    with connection.execute_wrapper(statements):
        run = refit.refit_if_due()
    return run.state if run else "", statements.n


def tick_that_dies_after_the_switch() -> None:
    refit.prune = children.die
    refit.refit_if_due()


def tick_that_switches_first(statements: Statements) -> tuple[str, int]:
    """The control: the run is made active before its rows are there."""
    write = store.write

    def switch_then_write(run: TrainingRun, *arguments: Any, **how: Any) -> None:
        TrainingRun.objects.filter(pk=run.pk).update(state=State.READY)
        refit._switch_to(run)
        write(run, *arguments, **how)

    store.write = switch_then_write
    return tick(statements)


def test_a_refit_killed_at_any_statement_leaves_a_whole_run(fitted: TrainingRun) -> None:
    run_lock.request()
    state, n_statements = children.result_of(tick, Statements())
    assert state == State.READY
    draw = random.Random(4)
    n_killed = switched = 0
    rounds = times(3, 100)
    for _ in range(rounds):
        before = TrainingRun.objects.active()
        run_lock.request()
        last, after = draw.randint(1, n_statements), draw.random() < 0.5
        code = children.ended(children.start(tick, Statements(last, after=after)))
        assert code in {-9, 0}, "killed, unless it took fewer statements than the one before"
        n_killed += code == -9
        assert faults_of_the_active_run() == [], f"killed at {last} of {n_statements}"
        switched += TrainingRun.objects.active() != before

        run_lock.request()
        state, n_statements = children.result_of(tick, Statements())
        assert state == State.READY, "the next tick succeeds"
        assert faults_of_the_active_run() == []
        assert left_behind() == []
        assert not TrainingRun.objects.running().exists()
    assert n_killed >= rounds // 2
    report(f"{n_killed} of {rounds} refits killed, {switched} after the switch: 0 torn or missing")


def test_a_refit_killed_around_the_switch(fitted: TrainingRun) -> None:
    run_lock.request()
    in_the_switch = Statements(1, containing='"activated_at" = ', after=True)
    assert children.ended(children.start(tick, in_the_switch)) == -9
    assert TrainingRun.objects.active() == fitted, "nothing was committed"
    assert faults_of_the_active_run() == []
    run_lock.request()
    assert children.ended(children.start(tick_that_dies_after_the_switch)) == -9
    assert TrainingRun.objects.active() != fitted
    assert faults_of_the_active_run() == []
    assert left_behind() == [], "of the one before"


def test_a_refit_that_switches_first_is_torn(fitted: TrainingRun) -> None:
    """The control of the test above."""
    run_lock.request()
    statements = Statements(2, containing="INSERT INTO recommender_moviefactors")
    assert children.ended(children.start(tick_that_switches_first, statements)) == -9
    torn = TrainingRun.objects.active()
    assert torn != fitted
    assert faults_of_the_active_run() == [
        f"run {torn.pk} has {MANY_BATCHES} of 40 movies",
        f"run {torn.pk} has 0 of 40 users",
    ]
