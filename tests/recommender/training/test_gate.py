"""Which fits the gate accepts and which it rejects, by their figures alone."""

import pytest

from recommender.training import gate

GOOD = {
    "rmse": 0.90,
    "best_mean": "biases only",
    "best_mean_rmse": 0.94,
    "gain": 0.04,
    "gain_error": 0.005,
    "ndcg": 0.2,
    "popularity_ndcg": 0.1,
    "ndcg_gain": 0.1,
    "ndcg_gain_error": 0.01,
}
COMPARED = {"n_compared": 500, "compared_rmse": 0.9, "active_rmse": 0.9, "compared_error": 0.005}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"rmse": float("nan")}, "not finite"),
        ({"gain": -0.006}, "no better than averages alone .biases only: 0.9400."),
        ({"ndcg_gain": -0.04}, "worse than the most rated movies"),
        ({**COMPARED, "compared_rmse": 0.931}, "on 500 ratings .* the live run’s 0.9000"),
    ],
)
def test_the_gate_rejects(changed: dict, words: str) -> None:
    gate.check(gate.HoldoutFit(GOOD))
    with pytest.raises(gate.Rejected, match=words):
        gate.check(gate.HoldoutFit({**GOOD, **changed}))


@pytest.mark.parametrize(
    "changed",
    [
        {"gain": -0.004},  # less than one standard error
        {"ndcg_gain": -0.029},  # less than three
        {**COMPARED, "compared_rmse": 0.929},
        {**COMPARED, "compared_rmse": 1.2, "n_compared": 99},
    ],
)
def test_luck_is_no_reason_to_reject(changed: dict) -> None:
    gate.check(gate.HoldoutFit({**GOOD, **changed}))


def test_too_few_ratings_to_measure_are_accepted() -> None:
    gate.check(gate.HoldoutFit({"rmse": None, "n_held_out": 0}))


def test_equal_stars_are_judged_by_their_lists_alone() -> None:
    likes = {name: GOOD[name] for name in GOOD if not name.startswith("gain")}
    gate.check(gate.HoldoutFit(likes))
    with pytest.raises(gate.Rejected, match="worse than the most rated"):
        gate.check(gate.HoldoutFit({**likes, "ndcg_gain": -0.1}))


def test_force_accepts_a_worse_fit_but_not_one_that_is_not_finite() -> None:
    gate.check(gate.HoldoutFit({**GOOD, "gain": -0.2}), force=True)
    with pytest.raises(gate.Rejected):
        gate.check(gate.HoldoutFit({**GOOD, "rmse": float("inf")}), force=True)
