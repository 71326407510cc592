"""A search from its trials to the next refit."""

import json
from collections.abc import Callable

import pytest
from django.core.management import call_command

from movies.models import Movie, Rating
from recommender.core import Hyperparameters
from recommender.models import HyperparameterSearch, SearchTrial, TrainingRun
from recommender.training import hyperparameters, refit
from recommender.training.hyperparameter_space import SPACE, STAGES
from recommender.training.hyperparameters import current_hyperparameters
from recommender.tuning import run
from recommender.tuning.objective import Gain
from recommender.tuning.run import run_search
from tests.recommender.tuning.conftest import CHANCE_GAIN, REAL_GAIN, tune

QUICK = ("--trials", "3", "--minutes", "5")


def test_it_works(two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "N_STARTS", 3)
    answer = json.loads(tune(*QUICK, "--json"))
    search = HyperparameterSearch.objects.get()
    assert answer["state"] == search.state == "finished"
    assert answer["trials"] == 6
    assert set(answer["scores"]) == {"stars", "lists"}
    assert search.data["ratings"] == Rating.objects.count()
    for stage in STAGES:
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


def test_a_search_of_lists_varies_how_fast_ratings_age(two_tastes: list[Movie]) -> None:
    run_search(seconds=300, max_trials=4)
    for name in ("recency_steps", "interest_oldest"):
        tried = {trial.values[name] for trial in SearchTrial.objects.filter(stage="lists")}
        assert getattr(Hyperparameters(), name) in tried
        assert len(tried) > 1


def test_each_trial_is_stored_as_one_row(two_tastes: list[Movie]) -> None:
    run_search(seconds=300, max_trials=2)
    assert SearchTrial.objects.count() == 4


def test_what_is_found_reaches_the_next_refit(
    two_tastes: list[Movie], measure_gain_as: Callable[[Gain], None]
) -> None:
    measure_gain_as(REAL_GAIN)
    answer = json.loads(tune(*QUICK, "--json"))
    assert answer["in_use"]
    assert answer["values"]
    training_run = refit.refit(seed=1)
    assert training_run.state == TrainingRun.State.READY, training_run.reason
    assert answer["values"].items() <= training_run.hyperparameters.items()
    assert training_run.hyperparameters == current_hyperparameters().to_dict()


def test_a_gain_that_may_be_chance_is_not_used(
    two_tastes: list[Movie], measure_gain_as: Callable[[Gain], None]
) -> None:
    measure_gain_as(CHANCE_GAIN)
    assert "keeping the defaults" in tune(*QUICK)
    search = HyperparameterSearch.objects.get()
    assert all("gain" in search.scores[stage.name] for stage in STAGES), "a gain was measured"
    assert search.values == {}
    assert not search.is_in_use
    assert current_hyperparameters() == Hyperparameters()


def test_a_search_that_confirms_nothing_ends_the_use_of_an_earlier_one(
    two_tastes: list[Movie],
    finished_search: HyperparameterSearch,
    measure_gain_as: Callable[[Gain], None],
) -> None:
    hyperparameters.use_search(finished_search)
    measure_gain_as(CHANCE_GAIN)
    tune(*QUICK)
    search = HyperparameterSearch.objects.newest_first()[0]
    tried = [trial.values["regularization"] for trial in search.trials.filter(stage="stars")]
    assert finished_search.values["regularization"] in tried
    assert HyperparameterSearch.objects.in_use() is None


def test_no_apply_leaves_it_to_the_operator(
    two_tastes: list[Movie], measure_gain_as: Callable[[Gain], None]
) -> None:
    measure_gain_as(REAL_GAIN)
    output = tune(*QUICK, "--no-apply")
    search = HyperparameterSearch.objects.get()
    assert search.values
    assert f"--use {search.pk}" in output
    assert current_hyperparameters() == Hyperparameters()
    assert "Refits will use" in tune("--use", str(search.pk))
    assert current_hyperparameters() != Hyperparameters()
    assert "use the defaults" in tune("--use", "defaults")
    assert current_hyperparameters() == Hyperparameters()
    assert "already" in tune("--use", "defaults")
