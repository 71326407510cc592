"""Optuna is an optional requirement: without it everything but a search works."""

import logging
import subprocess
import sys

import pytest
from django.core.management import CommandError

from recommender import tasks
from recommender.models import HyperparameterSearch
from recommender.tuning import lifecycle
from tests.recommender.tuning.conftest import tune


@pytest.fixture
def no_optuna(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make `import optuna` fail as if it were not installed."""
    monkeypatch.setitem(sys.modules, "optuna", None)
    monkeypatch.delitem(sys.modules, "recommender.tuning.study", raising=False)


@pytest.mark.usefixtures("no_optuna")
def test_the_command_says_what_to_install(db: None) -> None:
    with pytest.raises(CommandError, match=r"pip install -r requirements-tuning\.txt"):
        tune("--minutes", "1")
    assert not HyperparameterSearch.objects.exists()


@pytest.mark.usefixtures("no_optuna")
def test_the_worker_skips_the_search_and_logs_why(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(lifecycle, "is_due", lambda: True)
    with caplog.at_level(logging.INFO):
        assert tasks.search_if_due() == {"search": None}
    assert "requirements-tuning.txt" in caplog.text
    assert not HyperparameterSearch.objects.exists()


@pytest.mark.usefixtures("no_optuna")
def test_searches_made_elsewhere_can_still_be_used(finished_search: HyperparameterSearch) -> None:
    assert "Refits will use" in tune("--use", str(finished_search.pk))


def test_importing_the_site_does_not_import_optuna() -> None:
    code = (
        "import sys, django; django.setup(); "
        "import cfsite.urls, recommender.tasks, recommender.admin; "
        "assert 'optuna' not in sys.modules"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
