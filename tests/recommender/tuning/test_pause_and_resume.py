"""Interrupted, paused and resumed searches, and the time budget."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError

from movies.models import Movie
from recommender.models import Evaluation, HyperparameterSearch
from recommender.training import hyperparameters, refit, run_lock
from recommender.tuning import lifecycle, limits, run, study
from recommender.tuning.objective import Gain, TuningSplit
from recommender.tuning.run import run_search
from tests.recommender.tuning.conftest import REAL_GAIN, tune

State = HyperparameterSearch.State


def interrupt_after(n_fits: int, error: BaseException) -> Callable[[int], None]:
    """Raise `error` in the first epoch of the fit after so many."""

    def interrupt(fit_number: int) -> None:
        if fit_number > n_fits:
            raise error

    return interrupt


def test_an_interrupted_search_resumes_after_its_last_trial(
    two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch, on_each_epoch: Callable
) -> None:
    real_fit = TuningSplit.fit
    on_each_epoch(interrupt_after(3, KeyboardInterrupt()))
    with pytest.raises(CommandError, match="to continue"):
        tune("--trials", "4", "--minutes", "5")
    search = HyperparameterSearch.objects.get()
    before = list(search.trials.values())
    assert search.state == State.PAUSED
    assert len(before) == 3
    assert HyperparameterSearch.objects.in_use() is None

    monkeypatch.setattr(TuningSplit, "fit", real_fit)
    tune("--trials", "4")
    search.refresh_from_db()
    assert HyperparameterSearch.objects.count() == 1
    assert search.state == State.FINISHED
    assert list(search.trials.values())[: len(before)] == before
    assert search.trials.count() == 8
    drawn = [tuple(trial.values.values()) for trial in search.trials.all()]
    assert len(set(drawn)) == len(drawn), "nothing is tried twice"


def test_the_values_of_a_finished_stage_survive_a_pause(
    two_tastes: list[Movie],
    finished_search: HyperparameterSearch,
    monkeypatch: pytest.MonkeyPatch,
    measure_gain_as: Callable[[Gain], None],
    on_each_epoch: Callable,
) -> None:
    measure_gain_as(REAL_GAIN)
    hyperparameters.use_search(finished_search)
    real_fit = TuningSplit.fit
    # Three trials and two confirming fits of the stars stage, one trial of the lists stage.
    on_each_epoch(interrupt_after(3 + 2 * run.N_STARTS + 1, KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        run_search(seconds=300, max_trials=3)
    search = HyperparameterSearch.objects.newest_first()[0]
    assert search.state == State.PAUSED
    assert set(search.scores) == {"stars"}
    assert search.values
    # Half finished, it is not used yet: the earlier search still is.
    assert HyperparameterSearch.objects.in_use() == finished_search
    found_before = search.values

    monkeypatch.setattr(TuningSplit, "fit", real_fit)
    search = run_search(max_trials=3)
    assert found_before.items() <= search.values.items()
    assert HyperparameterSearch.objects.in_use() == search


def test_a_search_whose_process_died_is_resumed(two_tastes: list[Movie]) -> None:
    search = lifecycle.claim(300, new=False, seed=1)
    HyperparameterSearch.objects.update(worker=search.worker.partition(" ")[0] + " 999999 1")
    assert run_search(max_trials=2).pk == search.pk
    search.refresh_from_db()
    assert search.state == State.FINISHED


def test_a_search_taken_over_by_another_process_is_not_finished_here(
    two_tastes: list[Movie], measure_gain_as: Callable[[Gain], None], on_each_epoch: Callable
) -> None:
    measure_gain_as(REAL_GAIN)
    on_each_epoch(lambda _fit: HyperparameterSearch.objects.update(worker="elsewhere 1 1"))
    run_search(seconds=300, max_trials=3)
    search = HyperparameterSearch.objects.get()
    assert search.state == State.RUNNING
    assert not search.is_in_use


def test_new_gives_up_the_paused_search(two_tastes: list[Movie]) -> None:
    paused = lifecycle.claim(300, new=False, seed=1)
    lifecycle.pause(paused, 5, "a refit is due")
    second = lifecycle.claim(300, new=True, seed=2)
    paused.refresh_from_db()
    assert paused.state == State.FAILED
    assert second.pk != paused.pk


@pytest.mark.parametrize(
    "changes",
    [{"recipe": {"defaults": {}}}, {"rating_changes": 0, "data": {"ratings": 10}}],
    ids=["other defaults", "other ratings"],
)
def test_a_paused_search_is_not_resumed_under_other_conditions(
    two_tastes: list[Movie], changes: dict[str, Any]
) -> None:
    paused = lifecycle.claim(300, new=False, seed=1)
    lifecycle.pause(paused, 5, "a refit is due")
    HyperparameterSearch.objects.update(**changes)
    assert lifecycle.claim(300, new=False, seed=1).pk != paused.pk


def test_it_pauses_when_a_refit_is_due(
    two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SECONDS_BETWEEN_CHECKS", 0.0)
    training_run = refit.refit(seed=1)
    Evaluation.objects.create(
        run=training_run, protocol="temporal", state=Evaluation.State.FINISHED
    )
    answers: list[str] = []

    def waiting_work() -> str:
        answers.append(lifecycle.waiting_work())
        if len(answers) == 30:
            run_lock.request()
        return answers[-1]

    search = run_search(seconds=300, max_trials=50, must_pause=waiting_work)
    assert search.state == State.PAUSED
    assert search.reason == "a refit is due"
    assert answers[-1]
    assert not any(answers[:-1])


def test_the_time_budget_is_respected(
    two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch, on_each_epoch: Callable
) -> None:
    """By a clock on which an epoch takes a second and nothing else takes any time."""
    now = 0.0

    def tick(_fit_number: int) -> None:
        nonlocal now
        now += 1

    clock = SimpleNamespace(monotonic=lambda: now)
    monkeypatch.setattr(limits, "time", clock)
    monkeypatch.setattr(study, "time", clock)
    on_each_epoch(tick)
    search = run_search(seconds=400)
    assert search.state == State.FINISHED
    assert 2 < search.trials.count() < 2 * run.MAX_TRIALS
    assert 200 < search.spent_seconds <= 401, "at most one epoch over"


def test_a_search_without_time_changes_nothing(
    two_tastes: list[Movie], finished_search: HyperparameterSearch
) -> None:
    hyperparameters.use_search(finished_search)
    assert "time ran out" in tune("--minutes", "0.0001")
    assert HyperparameterSearch.objects.in_use() == finished_search
