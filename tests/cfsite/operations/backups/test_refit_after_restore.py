"""A backup made during a refit: the site restored from it learns again, with nothing in Redis."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from cfsite.operations.backups.backup import back_up
from movies.models import Movie, Rating
from movies.models.triggers import rating_counts
from recommender.models import TrainingRun
from recommender.training import refit, run_lock
from tests.recommender.conftest import no_model_from_another_test, two_tastes

__all__ = ["no_model_from_another_test", "two_tastes"]


@pytest.fixture
def db(transactional_db: None) -> None:
    """A database without a surrounding transaction."""
    rating_counts.install(connection)


def test_it_learns_again(two_tastes: list[Movie], data_dir: Path) -> None:
    run = run_lock.claim()
    n_ratings = Rating.objects.count()
    made = back_up()
    # The machine is another one: nobody there is the process that claimed the run.
    call_command("restore", made.place, force=True, stdout=StringIO())
    TrainingRun.objects.filter(pk=run.pk).update(worker="another machine 1 1.00", heartbeat_at=None)
    assert Rating.objects.count() == n_ratings
    assert TrainingRun.objects.get(pk=run.pk).state == TrainingRun.State.RUNNING
    learned = refit.refit(seed=7)
    assert learned.state == TrainingRun.State.READY, learned.reason
    assert learned.is_active
    assert learned.data["ratings"] == n_ratings
    assert TrainingRun.objects.get(pk=run.pk).state == TrainingRun.State.FAILED
