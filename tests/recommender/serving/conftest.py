"""Two runs to switch between."""

import pytest

from recommender.models import TrainingRun
from recommender.serving import model_cache
from recommender.training import refit


@pytest.fixture
def two_runs(fitted: TrainingRun) -> tuple[TrainingRun, TrainingRun]:
    """The first of the two is active."""
    second = refit.refit(seed=8)
    refit.activate(fitted)
    model_cache.forget_model()
    return fitted, second
