"""Which stored values refits use, and which they refuse."""

import logging
from typing import Any

import pytest
from django.core.management import CommandError

from movies.models import Movie
from recommender.core import Hyperparameters
from recommender.models import HyperparameterSearch, TrainingRun
from recommender.training import gate, hyperparameters, refit
from recommender.training.hyperparameter_space import recipe
from recommender.training.hyperparameters import current_hyperparameters
from tests.recommender.tuning.conftest import tune


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"regularization": 1e9}, "outside"),
        ({"regularization": -1.0}, "outside"),
        ({"regularization": "strong"}, "'strong'"),
        ({"regularization": None}, "None"),
        ({"regularization": True}, "True"),
        ({"interest_epochs": 3.5}, "3.5"),
        ({"recency_steps": 0}, "outside 5 to 80"),
        ({"interest_oldest": 2.5}, "outside 0.05 to 2"),
        ({"new_user_share": 0.3}, "not a hyperparameter that a search moves"),
        ({"n_factors": 100_000}, "not a hyperparameter that a search moves"),
        ({"__class__": 1}, "not a hyperparameter that a search moves"),
        ([1, 2], "list instead of"),
    ],
)
def test_invalid_values_are_refused_and_the_defaults_used(
    finished_search: HyperparameterSearch,
    caplog: pytest.LogCaptureFixture,
    values: Any,
    message: str,
) -> None:
    HyperparameterSearch.objects.update(values=values, is_in_use=True)
    with caplog.at_level(logging.ERROR):
        assert current_hyperparameters() == Hyperparameters()
    assert message in caplog.text
    assert f"search {finished_search.pk} are refused" in caplog.text
    assert "--use defaults" in caplog.text


def test_a_refit_uses_the_defaults_instead_of_refused_values(
    two_tastes: list[Movie], finished_search: HyperparameterSearch
) -> None:
    HyperparameterSearch.objects.update(values={"learning_rate": 1e6}, is_in_use=True)
    run = refit.refit(seed=1)
    assert run.state == TrainingRun.State.READY, run.reason
    assert run.hyperparameters == Hyperparameters().to_dict()


def test_values_found_against_other_defaults_are_refused(
    finished_search: HyperparameterSearch, caplog: pytest.LogCaptureFixture
) -> None:
    hyperparameters.use_search(finished_search)
    HyperparameterSearch.objects.update(recipe={"defaults": {"regularization": 7}})
    assert current_hyperparameters() == Hyperparameters()
    assert "defaults that this version" in caplog.text
    with pytest.raises(CommandError, match="defaults that this version"):
        tune("--use", str(finished_search.pk))


def test_a_rejected_run_brings_the_defaults_back(
    two_tastes: list[Movie],
    finished_search: HyperparameterSearch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hyperparameters.use_search(finished_search)

    def reject(*_: Any, **__: Any) -> None:
        raise gate.Rejected("it is worse")

    with monkeypatch.context() as patch:
        patch.setattr(refit, "check", reject)
        run = refit.refit(seed=1)
    assert run.state == TrainingRun.State.REJECTED
    finished_search.refresh_from_db()
    assert not finished_search.is_in_use
    assert f"Run {run.pk}" in finished_search.reason
    assert refit.refit(seed=1).hyperparameters == Hyperparameters().to_dict()


def test_only_one_search_is_in_use(finished_search: HyperparameterSearch) -> None:
    hyperparameters.use_search(finished_search)
    other = HyperparameterSearch.objects.create(
        state=HyperparameterSearch.State.FINISHED,
        budget_seconds=1,
        values=finished_search.values,
        recipe=recipe(),
    )
    hyperparameters.use_search(other)
    assert HyperparameterSearch.objects.get(is_in_use=True) == other
