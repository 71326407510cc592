"""Searches on the small world, kept short: few fits, a fixed seed."""

from collections.abc import Callable
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from recommender.core import Hyperparameters
from recommender.models import HyperparameterSearch
from recommender.training.hyperparameter_space import recipe
from recommender.tuning import objective, run
from recommender.tuning.objective import Gain, TuningSplit

# With this seed, one of the first three trials of each stage beats the defaults.
SEED = 8

REAL_GAIN = Gain(before=0.9, after=0.8, gain=0.1, low=0.05)
CHANCE_GAIN = Gain(before=0.9, after=0.899, gain=0.001, low=-0.01)


def tune(*words: str) -> str:
    out = StringIO()
    call_command("tune", *words, "--quiet", stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def small_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Accept the few ratings of the small world, and draw the same trials every time."""
    monkeypatch.setattr(objective, "MIN_VALIDATION", 20)
    monkeypatch.setattr(run, "N_STARTS", 1)
    monkeypatch.setattr(run, "secrets", SimpleNamespace(randbits=lambda _n_bits: SEED))


@pytest.fixture
def measure_gain_as(monkeypatch: pytest.MonkeyPatch) -> Callable[[Gain], None]:
    """Replace the gain that the confirming users measure."""

    def replace(gain: Gain) -> None:
        monkeypatch.setattr(run, "stars_gain", lambda *_: gain)
        monkeypatch.setattr(run, "lists_gain", lambda *_: gain)

    return replace


@pytest.fixture
def finished_search(db: None) -> HyperparameterSearch:
    """A finished search that found a stronger regularization."""
    return HyperparameterSearch.objects.create(
        state=HyperparameterSearch.State.FINISHED,
        budget_seconds=60,
        values={"regularization": 1.5 * Hyperparameters().regularization},
        recipe=recipe(),
        finished_at=timezone.now(),
    )


@pytest.fixture
def on_each_epoch(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[int], None]], None]:
    """Call a function with the number of the current fit, from 1, before each epoch's own."""

    def install(function: Callable[[int], None]) -> None:
        real_fit, n_fits = TuningSplit.fit, 0

        def fit(self: TuningSplit, p: Any, seed: int, on_epoch: Callable) -> Any:
            nonlocal n_fits
            n_fits += 1

            def observed(epoch: Any) -> None:
                function(n_fits)
                on_epoch(epoch)

            return real_fit(self, p, seed, observed)

        monkeypatch.setattr(TuningSplit, "fit", fit)

    return install
