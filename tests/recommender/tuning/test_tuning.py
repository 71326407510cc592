"""manage.py tune and the worker's search: what is found, when it is used, what stops it."""

import json
import logging
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from movies.models import Movie, Rating
from recommender.core import Hyperparameters
from recommender.core.evaluation import splits
from recommender.models import Evaluation, HyperparameterSearch, SearchTrial, TrainingRun
from recommender.tasks import search_if_due
from recommender.training import gate, hyperparameters, refit
from recommender.training.hyperparameters import current_hyperparameters
from recommender.training.snapshot import read_snapshot
from recommender.tuning import lifecycle, objective
from recommender.tuning import run as searching
from recommender.tuning.objective import Gain, TuningSplit
from recommender.tuning.run import run_search
from recommender.tuning.space import SPACE, recipe

State = HyperparameterSearch.State
DEFAULT = Hyperparameters().regularization
REAL = Gain(before=0.9, after=0.8, gain=0.1, low=0.05)
CHANCE = Gain(before=0.9, after=0.899, gain=0.001, low=-0.01)


def tune(*words: str) -> str:
    out = StringIO()
    call_command("tune", *words, "--quiet", stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def small_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small world is enough, though on a site it would not be."""
    monkeypatch.setattr(objective, "MIN_VALIDATION", 20)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Callable[[Gain], None]:
    """Let the confirming people say what a test needs them to say."""

    def judge(gain: Gain) -> None:
        monkeypatch.setattr(searching, "stars_gain", lambda *_: gain)
        monkeypatch.setattr(searching, "lists_gain", lambda *_: gain)

    return judge


@pytest.fixture
def found(db: None) -> HyperparameterSearch:
    """A finished search that found a stronger regularization."""
    return HyperparameterSearch.objects.create(
        state=State.FINISHED,
        budget_seconds=60,
        values={"regularization": 1.5 * DEFAULT},
        recipe=recipe(),
        finished_at=timezone.now(),
    )


def stop_after(monkeypatch: pytest.MonkeyPatch, n_fits: int, error: BaseException) -> None:
    """The n-th fit and those after it are interrupted in their first epoch."""
    real, begun = TuningSplit.fit, []

    def fit(self: TuningSplit, p: Any, seed: int, on_epoch: Callable) -> Any:
        begun.append(p)

        def interrupt(epoch: Any) -> None:
            if len(begun) > n_fits:
                raise error
            on_epoch(epoch)

        return real(self, p, seed, interrupt)

    monkeypatch.setattr(TuningSplit, "fit", fit)


def test_it_works(two_tastes: list[Movie]) -> None:
    answer = json.loads(tune("--trials", "4", "--minutes", "5", "--json"))
    search = HyperparameterSearch.objects.get()
    assert answer["state"] == search.state == "finished"
    assert answer["trials"] == 8
    assert set(answer["scores"]) == {"stars", "lists"}
    assert search.data["ratings"] == Rating.objects.count()
    for stage in searching.STAGES:
        first = search.trials.filter(stage=stage.name).first()
        assert first.values == stage.default_values()
        assert first.score is not None
    assert all(name in SPACE for name in search.values)


def test_progress_is_shown_on_stderr(
    two_tastes: list[Movie], capsys: pytest.CaptureFixture
) -> None:
    call_command("tune", "--trials", "2", "--minutes", "5", "--json")
    shown = capsys.readouterr()
    assert "stars, trial 2: RMSE" in shown.err
    assert "lists, trial 1: NDCG@10" in shown.err
    assert json.loads(shown.out)["trials"] == 4


def test_what_is_found_reaches_the_next_refit(
    two_tastes: list[Movie], judged: Callable[[Gain], None]
) -> None:
    judged(REAL)
    answer = json.loads(tune("--trials", "12", "--minutes", "5", "--json"))
    assert answer["in_use"]
    assert answer["values"]
    run = refit.refit(seed=1)
    assert run.state == TrainingRun.State.READY, run.reason
    assert {name: run.hyperparameters[name] for name in answer["values"]} == answer["values"]
    assert run.hyperparameters == current_hyperparameters().to_dict()


@pytest.mark.slow
def test_a_gain_that_may_be_chance_is_not_used(
    two_tastes: list[Movie], judged: Callable[[Gain], None]
) -> None:
    judged(CHANCE)
    assert "the defaults stand" in tune("--trials", "12", "--minutes", "5")
    search = HyperparameterSearch.objects.get()
    assert search.values == {}
    assert not search.is_in_use
    assert current_hyperparameters() == Hyperparameters()


def test_defaults_again_where_an_earlier_search_does_not_hold_any_more(
    two_tastes: list[Movie], found: HyperparameterSearch, judged: Callable[[Gain], None]
) -> None:
    hyperparameters.use(found)
    judged(CHANCE)
    tune("--trials", "3", "--minutes", "5")
    search = HyperparameterSearch.objects.newest_first()[0]
    tried = [trial.values["regularization"] for trial in search.trials.filter(stage="stars")]
    assert found.values["regularization"] in tried
    assert HyperparameterSearch.objects.in_use() is None


@pytest.mark.slow
def test_no_apply_leaves_it_to_the_operator(
    two_tastes: list[Movie], judged: Callable[[Gain], None]
) -> None:
    judged(REAL)
    said = tune("--trials", "12", "--minutes", "5", "--no-apply")
    search = HyperparameterSearch.objects.get()
    assert search.values
    assert f"--use {search.pk}" in said
    assert current_hyperparameters() == Hyperparameters()
    assert "next refits use" in tune("--use", str(search.pk))
    assert current_hyperparameters() != Hyperparameters()
    assert "use the defaults" in tune("--use", "defaults")
    assert current_hyperparameters() == Hyperparameters()
    assert "already" in tune("--use", "defaults")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--minutes", "0"], "more than 0"),
        (["--minutes", "-5"], "more than 0"),
        (["--minutes", "nan"], "more than 0"),
        (["--minutes", "1e9"], "more than 0"),
        (["--minutes", "soon"], "invalid"),
        (["--trials", "0"], "1 or more"),
        (["--trials", "many"], "invalid"),
        (["--use", "99"], "no search 99"),
        (["--use", "-1"], "no search -1"),
        (["--use", "best"], "no search best"),
    ],
)
def test_bad_input_is_refused(db: None, words: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        tune(*words)
    assert not HyperparameterSearch.objects.exists()


def test_a_search_that_found_nothing_cannot_be_used(found: HyperparameterSearch) -> None:
    HyperparameterSearch.objects.update(values={})
    with pytest.raises(CommandError, match="nothing better"):
        tune("--use", str(found.pk))


def test_too_few_ratings_are_refused_in_plain_words(
    two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objective, "MIN_VALIDATION", 500)
    with pytest.raises(CommandError, match="1000 are needed"):
        tune("--minutes", "1")
    assert HyperparameterSearch.objects.get().state == State.FAILED


def test_a_site_without_ratings_is_refused_in_plain_words(db: None) -> None:
    with pytest.raises(CommandError, match="0 ratings are left"):
        tune("--minutes", "1")


def test_two_at_once_are_refused(two_tastes: list[Movie]) -> None:
    lifecycle.claim(60, new=False, seed=1)
    with pytest.raises(CommandError, match="another search is running"):
        tune("--minutes", "1")


# Stopping and going on


def test_an_interrupted_search_goes_on_after_its_last_trial(
    two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        stop_after(patch, 5, KeyboardInterrupt())
        with pytest.raises(CommandError, match="goes on"):
            tune("--trials", "4", "--minutes", "5")
    search = HyperparameterSearch.objects.get()
    before = list(search.trials.values())
    assert search.state == State.PAUSED
    assert len(before) in (4, 5)
    assert HyperparameterSearch.objects.in_use() is None

    tune("--trials", "4")
    search.refresh_from_db()
    assert HyperparameterSearch.objects.count() == 1
    assert search.state == State.FINISHED
    assert list(search.trials.values())[: len(before)] == before
    assert search.trials.count() == 8
    drawn = [tuple(trial.values.values()) for trial in search.trials.all()]
    assert len(set(drawn)) == len(drawn), "nothing is tried twice"


@pytest.mark.slow
def test_what_a_finished_stage_found_is_kept_over_a_pause(
    two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch, judged: Callable[[Gain], None]
) -> None:
    judged(REAL)
    search = run_search(seconds=300, most_trials=12, must_pause=None)
    assert search.state == State.FINISHED
    with monkeypatch.context() as patch:
        stop_after(patch, 12 + 2 * searching.N_STARTS + 1, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            run_search(seconds=300, most_trials=12, new=True)
    second = HyperparameterSearch.objects.newest_first()[0]
    assert second.state == State.PAUSED
    assert set(second.scores) == {"stars"}
    # Half done is not in use: the earlier one is, until the second is finished.
    assert HyperparameterSearch.objects.in_use() == search
    kept = second.values
    second = run_search(most_trials=12)
    assert kept.items() <= second.values.items()
    assert HyperparameterSearch.objects.in_use() == second


def test_a_search_whose_process_died_goes_on(two_tastes: list[Movie]) -> None:
    search = lifecycle.claim(300, new=False, seed=1)
    HyperparameterSearch.objects.update(worker=search.worker.partition(" ")[0] + " 999999 1")
    assert run_search(most_trials=2).pk == search.pk
    search.refresh_from_db()
    assert search.state == State.FINISHED


def test_a_search_given_up_does_not_come_back(
    two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch, judged: Callable[[Gain], None]
) -> None:
    judged(REAL)
    real = TuningSplit.fit

    def fit(self: TuningSplit, *words: Any) -> Any:
        HyperparameterSearch.objects.update(worker="elsewhere 1 1")
        return real(self, *words)

    monkeypatch.setattr(TuningSplit, "fit", fit)
    run_search(seconds=300, most_trials=3)
    search = HyperparameterSearch.objects.get()
    assert search.state == State.RUNNING
    assert not search.is_in_use


def test_new_leaves_the_paused_one(two_tastes: list[Movie]) -> None:
    paused = lifecycle.claim(300, new=False, seed=1)
    lifecycle.pause(paused, 5, "a refit is due")
    second = run_search(seconds=300, most_trials=2, new=True)
    paused.refresh_from_db()
    assert paused.state == State.FAILED
    assert second.pk != paused.pk


@pytest.mark.parametrize("change", ["recipe", "data"])
def test_a_paused_search_for_something_else_is_left(two_tastes: list[Movie], change: str) -> None:
    paused = lifecycle.claim(300, new=False, seed=1)
    lifecycle.pause(paused, 5, "a refit is due")
    if change == "recipe":
        HyperparameterSearch.objects.update(recipe={"defaults": {}})
    else:
        HyperparameterSearch.objects.update(rating_changes=0, data={"ratings": 10})
    assert run_search(seconds=300, most_trials=2).pk != paused.pk


def test_it_makes_room_for_a_refit(
    two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.tuning.limits.SECONDS_BETWEEN_LOOKS", 0.0)
    measured(refit.refit(seed=1))
    asked: list[str] = []

    def who_waits() -> str:
        asked.append(lifecycle.who_waits())
        if len(asked) == 30:
            refit.request_refit()
        return asked[-1]

    search = run_search(seconds=300, most_trials=50, must_pause=who_waits)
    assert search.state == State.PAUSED
    assert search.reason == "a refit is due"
    assert asked[-1]
    assert not any(asked[:-1])


@pytest.mark.slow
def test_the_budget_is_respected(two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch) -> None:
    real = TuningSplit.fit

    def slow(self: TuningSplit, p: Any, seed: int, on_epoch: Callable) -> Any:
        def wait(epoch: Any) -> None:
            time.sleep(0.02)
            on_epoch(epoch)

        return real(self, p, seed, wait)

    monkeypatch.setattr(TuningSplit, "fit", slow)
    refit.refit(seed=1)  # compiles
    start = time.monotonic()
    search = run_search(seconds=4)
    assert time.monotonic() - start < 8  # a busy machine, and one epoch may be under way
    assert search.state == State.FINISHED
    assert 0 < search.trials.count() < 2 * searching.MOST_TRIALS
    assert search.spent_seconds < 6


def test_no_time_at_all_changes_nothing(
    two_tastes: list[Movie], found: HyperparameterSearch
) -> None:
    hyperparameters.use(found)
    said = tune("--minutes", "0.0001")
    assert "the time was over" in said
    assert HyperparameterSearch.objects.in_use() == found


# What it may look at


def test_the_gates_ratings_are_never_looked_at(two_tastes: list[Movie]) -> None:
    snapshot = read_snapshot()
    ratings = snapshot.ratings
    _, held_out = splits.temporal(ratings, gate.HELD_OUT_SHARE)
    secret = {(ratings.user_index[n], ratings.item_index[n]) for n in held_out}
    measure = TuningSplit.of(snapshot, seed=3)
    parts = [measure.train, measure.search, measure.confirm]
    seen = [
        {(u, i) for u, i in zip(part.user_index, part.item_index, strict=True)} for part in parts
    ]
    assert not secret & set.union(*seen)
    assert len(set.union(*seen)) == sum(map(len, seen)) == len(ratings) - len(secret)
    judges, others = (set(part.user_index) for part in parts[1:])
    assert not judges & others


def test_of_a_big_site_some_people_are_taken(
    two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = read_snapshot()
    whole = TuningSplit.of(snapshot, seed=3)
    monkeypatch.setattr(objective, "MOST_RATINGS", 500)
    part = TuningSplit.of(snapshot, seed=3)
    n = len(part.train) + len(part.search) + len(part.confirm)
    assert 400 < n <= 500
    assert np.array_equal(part.train.item_ids, whole.train.item_ids)
    user = part.train.user_ids[0]
    rated = np.count_nonzero(part.train.user_ids[part.train.user_index] == user)
    assert rated == np.count_nonzero(whole.train.user_ids[whole.train.user_index] == user)


def test_intervals_are_over_people() -> None:
    people = np.repeat(np.arange(50), 20)
    rng = np.random.default_rng(0)
    before = rng.random(1000) + 0.5
    better = objective.stars_gain(before, before - 0.1, people)
    assert better.is_real
    assert better.gain == pytest.approx(np.sqrt(before.mean()) - np.sqrt(before.mean() - 0.1))
    assert not objective.stars_gain(before, before, people).is_real
    by_luck = before - 0.1 * np.repeat(rng.standard_normal(50), 20)
    assert not objective.stars_gain(before, by_luck, people).is_real
    assert objective.lists_gain(before[:100], before[:100] + 0.1).is_real
    assert not objective.lists_gain(before[:100], before[:100]).is_real


# What stored values may do


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"regularization": 1e9}, "outside"),
        ({"regularization": -1.0}, "outside"),
        ({"regularization": "strong"}, "'strong'"),
        ({"regularization": None}, "None"),
        ({"regularization": True}, "True"),
        ({"interest_epochs": 3.5}, "3.5"),
        ({"n_factors": 100_000}, "not a hyper-parameter that a search moves"),
        ({"__class__": 1}, "not a hyper-parameter that a search moves"),
        ([1, 2], "list instead of"),
    ],
)
def test_poisoned_values_are_refused_and_the_defaults_used(
    two_tastes: list[Movie],
    found: HyperparameterSearch,
    caplog: pytest.LogCaptureFixture,
    values: Any,
    message: str,
) -> None:
    HyperparameterSearch.objects.update(values=values, is_in_use=True)
    with caplog.at_level(logging.ERROR):
        assert current_hyperparameters() == Hyperparameters()
    assert message in caplog.text
    assert f"search {found.pk} are refused" in caplog.text
    assert "--use defaults" in caplog.text


def test_a_refit_goes_on_with_the_defaults_where_values_are_refused(
    two_tastes: list[Movie], found: HyperparameterSearch
) -> None:
    HyperparameterSearch.objects.update(values={"learning_rate": 1e6}, is_in_use=True)
    run = refit.refit(seed=1)
    assert run.state == TrainingRun.State.READY, run.reason
    assert run.hyperparameters == Hyperparameters().to_dict()


def test_values_found_against_other_defaults_are_refused(
    found: HyperparameterSearch, caplog: pytest.LogCaptureFixture
) -> None:
    hyperparameters.use(found)
    HyperparameterSearch.objects.update(recipe={"defaults": {"regularization": 7}})
    assert current_hyperparameters() == Hyperparameters()
    assert "other defaults" in caplog.text
    with pytest.raises(CommandError, match="other defaults"):
        tune("--use", str(found.pk))


def test_a_rejected_run_brings_the_defaults_back(
    two_tastes: list[Movie], found: HyperparameterSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    hyperparameters.use(found)

    def refuse(*_: Any, **__: Any) -> None:
        raise gate.Rejected("it is worse")

    with monkeypatch.context() as patch:
        patch.setattr(refit, "check", refuse)
        run = refit.refit(seed=1)
    assert run.state == TrainingRun.State.REJECTED
    found.refresh_from_db()
    assert not found.is_in_use
    assert f"Run {run.pk}" in found.reason
    assert refit.refit(seed=1).hyperparameters == Hyperparameters().to_dict()


def test_the_database_allows_one_in_use(found: HyperparameterSearch) -> None:
    hyperparameters.use(found)
    other = HyperparameterSearch.objects.create(
        state=State.FINISHED, budget_seconds=1, values=found.values, recipe=recipe()
    )
    hyperparameters.use(other)
    assert HyperparameterSearch.objects.get(is_in_use=True) == other


# The worker's part


@pytest.fixture
def a_month_later(fitted: TrainingRun) -> None:
    """A site with a model that is older than the interval; nothing waits."""
    TrainingRun.objects.update(
        created_at=timezone.now(), finished_at=timezone.now() - timedelta(days=31)
    )
    measured(fitted)


def measured(run: TrainingRun) -> None:
    """No evaluation waits."""
    Evaluation.objects.create(run=run, protocol="temporal", state=Evaluation.State.FINISHED)


def test_a_search_is_due_after_the_interval(a_month_later: None, settings: Any) -> None:
    settings.TUNE_INTERVAL = 30
    assert lifecycle.is_due()
    settings.TUNE_INTERVAL = 60
    assert not lifecycle.is_due()
    settings.TUNE_INTERVAL = 0
    assert not lifecycle.is_due()


def test_no_search_is_due_on_a_new_site(fitted: TrainingRun, settings: Any) -> None:
    settings.TUNE_INTERVAL = 30
    assert not lifecycle.is_due()


def test_without_optuna_no_search_is_due_and_the_command_says_why(
    a_month_later: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TUNE_INTERVAL = 30
    monkeypatch.setitem(sys.modules, "optuna", None)
    assert not lifecycle.is_due()
    assert search_if_due() == {"search": None}
    with pytest.raises(CommandError, match=r"requirements-tuning\.txt"):
        tune()
    assert not HyperparameterSearch.objects.exists()


def test_no_search_is_due_while_a_refit_is(a_month_later: None, settings: Any) -> None:
    settings.TUNE_INTERVAL = 30
    refit.request_refit()
    assert not lifecycle.is_due()
    TrainingRun.objects.queued().update(state=TrainingRun.State.RUNNING)
    assert not lifecycle.is_due()


def test_an_evaluation_goes_first(a_month_later: None, settings: Any) -> None:
    settings.TUNE_INTERVAL = 30
    Evaluation.objects.all().delete()
    assert lifecycle.who_waits() == "an evaluation is due"
    assert not lifecycle.is_due()


def test_no_search_is_due_where_little_has_changed(
    a_month_later: None, settings: Any, found: HyperparameterSearch
) -> None:
    settings.TUNE_INTERVAL = 30
    changes = TrainingRun.objects.get().rating_changes
    HyperparameterSearch.objects.update(
        started_at=timezone.now() - timedelta(days=31),
        rating_changes=changes,
        data={"ratings": 1000},
    )
    assert not lifecycle.is_due()
    HyperparameterSearch.objects.update(rating_changes=changes - 60)
    assert lifecycle.is_due()


def test_the_worker_begins_goes_on_and_finishes(
    a_month_later: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TUNE_INTERVAL, settings.TUNE_MINUTES = 30, 5
    monkeypatch.setattr(searching, "MOST_TRIALS", 2)
    real = searching.run_search
    monkeypatch.setattr(searching, "run_search", lambda **how: real(most_trials=2, **how))
    lifecycle.pause(lifecycle.claim(300, new=False, seed=1), 0, "a refit is due")
    answer = search_if_due()
    assert answer["state"] == "finished"
    assert HyperparameterSearch.objects.count() == 1
    assert search_if_due() == {"search": None}


def test_rows_of_trials_are_few_and_written_once(two_tastes: list[Movie]) -> None:
    run_search(seconds=300, most_trials=2)
    assert SearchTrial.objects.count() == 4
    assert not connection.needs_rollback
