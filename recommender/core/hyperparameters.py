"""Every number a fit can be told, with the defaults that were measured to predict best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np

from recommender.core.ratings import Int64

LARGE = 500_000  # ratings from which on a fit takes fewer steps for each


@dataclass(frozen=True)
class Hyperparameters:
    """Settings of the two blocks; JSON-safe through `to_dict` and `from_dict`.

    >>> Hyperparameters(n_factors=8).to_dict()["n_factors"]
    8
    >>> Hyperparameters.from_dict({"n_factors": 8, "of another version": 1}).n_factors
    8

    None means "from the data": a fit puts numbers in their place (`for_counts`) and stores those.

    Rates of the rating block: epoch e (from 0) steps by learning_rate * decay**e. Ridges and
    strengths are constants, never multiplied with the number of a user's ratings: a fold-in
    with lambda x n has an RMSE of 1.24 after one rating.
    """

    # Rating block: how many stars would you give it? n_epochs and n_sweeps are the most: with
    # early_stopping a pilot finds how far held-out ratings gain (`early_stopping`).
    n_factors: int = 62
    n_epochs: int = 8
    early_stopping: bool = True
    learning_rate: float = 0.08
    decay: float = 0.75
    # A row with n ratings is held back by min(regularization n^-power, most) at each of them, its
    # bias by bias_share of that.
    regularization: float = 2.0
    regularization_power: float = 0.5
    most_regularization: float = 0.4
    bias_share: float = 0.12
    init_sd: float = 0.1
    # Implicit parts y (what a user rated) and x (who rated an item), solved once an epoch.
    implicit_ridge: float = 1.4
    implicit_weight_power: float = 0.5
    implicit_iterations: int | None = None
    leave_one_out: bool = False  # in the SGD steps; the sweeps always do
    # Closed-form finisher.
    n_sweeps: int = 5
    sweep_learning_rate: float = 0.005
    sweep_decay: float = 0.9
    noise: float = 0.75
    strength: float = 20.0
    bias_strength: float = 5.0
    # A user after n ratings is the mean user with the share weight / (n + weight), and their
    # bias is drawn to the mean user's as by so many ratings at least: first sessions are skewed.
    mean_person_weight: float = 5.0
    user_bias_ridge: float = 5.0
    # Interest block: would you pick it?
    interest_factors: int = 64
    interest_epochs: int = 12
    interest_learning_rate: float = 0.1
    interest_decay: float = 0.87
    interest_regularization: float | None = None
    interest_init_sd: float = 0.05
    interest_negatives: int | None = None
    interest_negative_power: float = 0.5
    interest_item_slope: float = 0.5
    interest_user_slope: float = 0.7
    interest_unrated_weight: float = 0.4
    interest_user_ridge: float = 14.0
    # The list: score = interest + stars_weight * stars, each in units of its own spread.
    stars_weight: float = 0.1
    # A new user, fading out after so many ratings: how far their own deviation from the mean
    # user moves the list (share n^power), how much of what the mean user would do is expected
    # of them, and what is added to the slope and to the weight of the stars. See `fold_in`.
    new_user_until: int = 30
    new_user_share: float = 0.28
    new_user_power: float = 0.4
    new_user_expected: float = 1.4
    new_user_slope: float = 0.3
    new_user_stars_weight: float = 0.65
    # Newer ratings count more: the weight of a rating in each block falls from the newest to the
    # oldest, by a factor of e in so many newer ratings of the same user (`recency`).
    recency_steps: float = 20.0
    stars_newest: float = 2.0
    stars_oldest: float = 1.4
    interest_newest: float = 2.0
    interest_oldest: float = 0.35
    # A refit that starts from the factors of the last one.
    warm_epochs: int = 5
    warm_learning_rate: float = 0.01
    warm_interest_learning_rate: float = 0.005

    def for_counts(self, user_counts: Int64) -> Hyperparameters:
        """The same with numbers in place of None; user_counts: (n_users,) ratings of each user.

        With few ratings a user, the interest block learns them by heart unless it is held back
        more; with many ratings in all, every row is met so often that fewer steps serve it.
        """
        n_ratings = int(user_counts.sum())
        scarcity = max(1.0, 100 * np.count_nonzero(user_counts) / max(n_ratings, 1))
        is_large = n_ratings >= LARGE
        defaults: dict[str, Any] = {
            "implicit_iterations": 1 if is_large else 3,
            "interest_regularization": round(0.02 * scarcity**0.4, 4),
            "interest_negatives": 3 if is_large else 8,
        }
        missing = {name: v for name, v in defaults.items() if getattr(self, name) is None}
        return replace(self, **missing)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Hyperparameters:
        """The settings in `values`; names of older or newer versions are left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})

    def __post_init__(self) -> None:
        for name in ("n_factors", "n_epochs", "interest_factors"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")
        for name in ("learning_rate", "interest_learning_rate", "noise", "strength"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive")
