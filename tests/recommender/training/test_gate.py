"""Which fits the gate accepts and which it rejects."""

import pytest

from recommender.models import TrainingRun
from recommender.training import gate


@pytest.mark.parametrize(
    ("metrics", "before", "words"),
    [
        ({"rmse": float("nan"), "bias_rmse": 0.9}, None, "not finite"),
        ({"rmse": 0.95, "bias_rmse": 0.94}, None, "no better than biases"),
        ({"rmse": 0.93, "bias_rmse": 0.94}, {"rmse": 0.90, "bias_rmse": 0.94}, "the live run"),
    ],
)
def test_the_gate_rejects(metrics: dict, before: dict | None, words: str) -> None:
    active = TrainingRun(metrics=before) if before else None
    with pytest.raises(gate.Rejected, match=words):
        gate.check(gate.HoldoutFit(metrics), active)


@pytest.mark.parametrize(
    ("metrics", "before"),
    [
        ({"rmse": None, "n_held_out": 12}, {"rmse": 0.9, "bias_rmse": 0.95}),
        ({"rmse": 0.90, "bias_rmse": 0.94}, None),
        ({"rmse": 0.91, "bias_rmse": 0.94}, {"rmse": 0.90, "bias_rmse": 0.94}),
        # Harder data for both is no reason to refuse.
        ({"rmse": 1.02, "bias_rmse": 1.06}, {"rmse": 0.90, "bias_rmse": 0.94}),
    ],
)
def test_the_gate_accepts(metrics: dict, before: dict | None) -> None:
    gate.check(gate.HoldoutFit(metrics), TrainingRun(metrics=before) if before else None)


def test_force_accepts_a_worse_fit_but_not_one_that_is_not_finite() -> None:
    gate.check(gate.HoldoutFit({"rmse": 1.2, "bias_rmse": 1.0}), None, force=True)
    with pytest.raises(gate.Rejected):
        gate.check(gate.HoldoutFit({"rmse": float("inf"), "bias_rmse": 1.0}), None, force=True)
