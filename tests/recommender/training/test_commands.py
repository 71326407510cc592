"""manage.py refit and rollback."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from movies.models import Movie
from recommender.models import TrainingRun
from recommender.training import refit, run_lock


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_refit_reports_the_number_of_ratings(two_tastes: list[Movie]) -> None:
    assert "learned from" in run("refit", "--quiet")


def test_refit_shows_the_error_of_every_epoch(
    two_tastes: list[Movie], capsys: pytest.CaptureFixture
) -> None:
    run("refit")
    shown = capsys.readouterr().err
    assert "rating 1/" in shown
    assert "RMSE" in shown


def test_refit_as_json(two_tastes: list[Movie]) -> None:
    answer = json.loads(run("refit", "--quiet", "--json", "--seed", "3"))
    assert answer["state"] == "ready"
    assert answer["seed"] == 3


def test_refit_if_needed_leaves_a_model_alone(fitted: TrainingRun) -> None:
    assert "already" in run("refit", "--if-needed")
    assert TrainingRun.objects.count() == 1


def test_refit_says_why_the_run_was_rejected(db: None) -> None:
    with pytest.raises(CommandError, match="no ratings"):
        run("refit", "--quiet")


def test_refit_does_not_wait_for_a_running_one(db: None) -> None:
    run_lock.claim()
    with pytest.raises(CommandError, match="another refit"):
        run("refit", "--quiet")


def test_rollback_activates_the_previous_run(fitted: TrainingRun) -> None:
    second = refit.refit(seed=2)
    assert TrainingRun.objects.active() == second
    run("rollback")
    assert TrainingRun.objects.active() == fitted
    run("rollback", str(second.pk))
    assert TrainingRun.objects.active() == second


def test_rollback_refuses_runs_without_factors(fitted: TrainingRun) -> None:
    with pytest.raises(CommandError, match="No earlier run"):
        run("rollback")
    with pytest.raises(CommandError, match="There is no run"):
        run("rollback", "12345")
    failed = TrainingRun.objects.create(state=TrainingRun.State.FAILED)
    with pytest.raises(CommandError, match="no complete factors"):
        run("rollback", str(failed.pk))
