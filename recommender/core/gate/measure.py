"""Measure a fit without some ratings on those: against the means, popularity and an earlier fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from recommender.core.evaluation import splits
from recommender.core.evaluation.baselines import Popularity
from recommender.core.evaluation.metrics import ListFigures, mean_over_people
from recommender.core.factors import Factors
from recommender.core.gate.means import MEANS, best_of, names, predict_by_means
from recommender.core.ranking import score_items
from recommender.core.ratings import Float32, Float64, Int32, Int64, Ratings

HELD_OUT_SHARE = 0.2
# A hold-out of fewer ratings says too little; then each rating is held out once, by folds.
MIN_HELD_OUT = 500
# Of fewer ratings not even folds can tell a fit from the means.
MIN_RATINGS = 100
FOLDS = 5
MAX_USERS_RANKED = 1000
# Where all stars are alike, as with likes alone, there is nothing to predict.
SAME_STARS = 0.05
_Z_95 = 1.96

# Of an earlier fit: rows of the held-out ratings it did not learn from, and its predictions.
PredictUnseen = Callable[[Ratings, Ratings], tuple[Int64, Float64]]


@dataclass(frozen=True)
class Trial:
    """A fit without the held-out ratings."""

    train: Ratings
    held_out: Ratings
    factors: Factors

    @cached_property
    def predicted(self) -> Float64:
        """(n,) stars of the held-out ratings, not clipped."""
        train, held_out = self.train, self.held_out
        users = train.user_ids[held_out.user_index]
        predicted = self.factors.predict(users, train.item_ids[held_out.item_index])
        return predicted.astype(np.float64)

    def lists(self) -> tuple[ListFigures, ListFigures]:
        """The lists of the fit and of popularity, for some users, since ranking is expensive."""
        train, factors = self.train, self.factors
        shuffled = np.random.default_rng(factors.seed).permutation(train.n_users)
        subset = self.held_out.take(np.isin(self.held_out.user_index, shuffled[:MAX_USERS_RANKED]))

        def scores(rows: Int64) -> Float32:
            return np.stack(
                [score_items(factors.items, factors.user_vector(row)) for row in rows.tolist()]
            )

        ours = ListFigures.measure(train, subset, scores)
        return ours, ListFigures.measure(train, subset, Popularity(train).score)


@dataclass(frozen=True)
class Comparison:
    """Two predictions of the same ratings; a difference above zero is for the first."""

    n: int
    rmse: float
    other_rmse: float
    error: float  # of the difference: one standard error over users

    @property
    def gain(self) -> float:
        return self.other_rmse - self.rmse

    @classmethod
    def of(cls, predicted: Float64, other: Float64, stars: Float32, people: Any) -> Comparison:
        ours, theirs = (np.square(np.clip(p, 0.5, 5.0) - stars) for p in (predicted, other))
        rmse, other_rmse = (float(np.sqrt(squares.mean())) for squares in (ours, theirs))
        _, half = mean_over_people(theirs - ours, np.asarray(people, np.int64))
        # d sqrt(x) = dx / (2 sqrt(x))
        error = half / _Z_95 / max(rmse + other_rmse, 1e-9)
        return cls(int(stars.size), rmse, other_rmse, float(error))


def split(ratings: Ratings, seed: int) -> list[splits.Split]:
    """(train, test) to measure a fit by; none where there are too few ratings.

    The newest fifth of each user's, since a recommender predicts the future and random hold-outs
    flatter it. On a small site, folds.
    """
    train, held_out = splits.temporal_of_users(ratings, HELD_OUT_SHARE)
    if len(held_out) >= MIN_HELD_OUT:
        return [(train, held_out)]
    return splits.folds(ratings, FOLDS, seed) if len(ratings) >= MIN_RATINGS else []


def measure(trials: Sequence[Trial], predict_unseen: PredictUnseen | None) -> dict[str, Any]:
    """All figures; predict_unseen: of the earlier fit to compare with, if there is one."""
    figures = {**measure_stars(trials), **measure_lists(trials)}
    if predict_unseen is None:
        return figures
    found = compare_with_earlier(trials, predict_unseen)
    if found is None:
        return {**figures, "n_compared": 0}
    return {
        **figures,
        "n_compared": found.n,
        "compared_rmse": found.rmse,
        "active_rmse": found.other_rmse,
        "compared_error": found.error,
    }


def measure_stars(trials: Sequence[Trial]) -> dict[str, Any]:
    """How far predictions are off, beside the best of the means.

    Without `gain`, where all stars are alike.
    """
    predicted = np.concatenate([trial.predicted for trial in trials])
    means = np.concatenate([predict_by_means(t.train, t.held_out) for t in trials], axis=1)
    stars = np.concatenate([trial.held_out.stars for trial in trials])
    people = np.concatenate([trial.held_out.user_index for trial in trials])
    best = best_of(means, stars)
    found = Comparison.of(predicted, means[best], stars, people)
    biases = Comparison.of(predicted, means[MEANS.index(MEANS[-1])], stars, people)
    figures: dict[str, Any] = {
        "n_held_out": found.n,
        "rmse": found.rmse,
        "mae": float(np.abs(np.clip(predicted, 0.5, 5.0) - stars).mean()),
        "bias_rmse": biases.other_rmse,
        "best_mean": names()[best],
        "best_mean_rmse": found.other_rmse,
    }
    if float(stars.std(dtype=np.float64)) > SAME_STARS:
        figures |= {"gain": found.gain, "gain_error": found.error}
    return figures


def measure_lists(trials: Sequence[Trial]) -> dict[str, Any]:
    """NDCG@10 of the lists, beside that of popularity; nothing where nobody has a list to judge."""
    both = [trial.lists() for trial in trials]
    ours, popular = (ListFigures.pooled(side) for side in zip(*both, strict=True))
    if not ours.people.size:
        return {}
    model, baseline = ours.report(), popular.report()
    gain, half = mean_over_people(ours.ndcg - popular.ndcg, ours.people)
    return {
        "ndcg": model.ndcg,
        "popularity_ndcg": baseline.ndcg,
        "ndcg_gain": gain,
        "ndcg_gain_error": half / _Z_95,
        "coverage": model.coverage,
        "median_popularity": model.median_popularity,
        "n_people": model.n_people,
    }


def compare_with_earlier(
    trials: Sequence[Trial], predict_unseen: PredictUnseen
) -> Comparison | None:
    """The trials beside an earlier fit, on held-out ratings it did not learn from, if any."""
    ours: list[Float64] = []
    earlier: list[Float64] = []
    stars: list[Float32] = []
    people: list[Int32] = []
    for trial in trials:
        rows, predicted = predict_unseen(trial.train, trial.held_out)
        ours.append(trial.predicted[rows])
        earlier.append(predicted)
        stars.append(trial.held_out.stars[rows])
        people.append(trial.held_out.user_index[rows])
    if not sum(part.size for part in stars):
        return None
    return Comparison.of(
        np.concatenate(ours), np.concatenate(earlier), np.concatenate(stars), np.concatenate(people)
    )
