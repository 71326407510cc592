"""The accuracy figures that the public page and the API show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Any

from django.core.cache import cache
from django.db.models import Avg, Count, F, FloatField
from django.db.models.functions import Abs, Cast, Floor, Power

from recommender.accuracy.evaluate import DEFAULT_PROTOCOL
from recommender.models import Evaluation, LoggedPrediction, TrainingRun

# Figures over fewer people or ratings could be traced to a single user.
MIN_PEOPLE = 5
MIN_RATINGS = 20
# Live figures scan the whole prediction log, and anybody may open the page.
CACHE_SECONDS = 300
CACHE_KEY = "accuracy.live_log"


@dataclass(frozen=True)
class Errors:
    """Errors of predictions against the ratings given afterwards."""

    n_ratings: int
    n_people: int
    mean_absolute_error: float
    rmse: float


@dataclass(frozen=True)
class Bin:
    """Ratings given where about so many stars had been predicted."""

    predicted_from: float
    n_ratings: int
    mean_predicted: float
    mean_given: float


@dataclass(frozen=True)
class LiveLog:
    """Aggregates of the prediction log, over enough people to identify nobody."""

    together: Errors
    shown: Errors | None  # the prediction was visible; None if this or `hidden` has too few
    hidden: Errors | None
    bins: list[Bin]


@dataclass(frozen=True)
class AccuracySummary:
    """The newest evaluation, the serving run, and live errors."""

    run: TrainingRun | None  # the one that serves
    evaluation: Evaluation | None  # the newest of the site's own ratings
    live: LiveLog | None  # None while there are too few people or ratings

    @property
    def is_of_serving_run(self) -> bool:
        return bool(self.run and self.evaluation and self.evaluation.run_id == self.run.pk)

    @property
    def gate_metrics(self) -> dict[str, Any] | None:
        """What the gate measured before the serving run was switched on."""
        metrics = self.run.metrics if self.run else {}
        return metrics if metrics.get("rmse") is not None else None

    @property
    def gate_used_folds(self) -> bool:
        """Small sites: every rating was held out once, not the newest of each person."""
        return bool(self.run and "folds" in self.run.metrics.get("protocol", ""))


def accuracy_summary() -> AccuracySummary:
    return AccuracySummary(
        run=TrainingRun.objects.defer("summary", "curve").filter(is_active=True).first(),
        evaluation=_newest_evaluation(),
        live=cache.get_or_set(CACHE_KEY, live_log, CACHE_SECONDS),
    )


def _newest_evaluation() -> Evaluation | None:
    """By the default protocol; by another one only if there is none."""
    done = Evaluation.objects.of_site().finished().newest_first().select_related("run")
    return done.filter(protocol=DEFAULT_PROTOCOL).first() or done.first()


def live_log() -> LiveLog | None:
    """Aggregate the whole log, uncached; None if it is too small."""
    log = LoggedPrediction.objects.still_valid().with_error()
    together = _errors(log.aggregate(**_FIGURES))
    if together is None:
        return None
    parts = {
        row["prediction_shown"]: _errors(row)
        for row in log.values("prediction_shown").annotate(**_FIGURES).order_by()
    }
    shown, hidden = parts.get(True), parts.get(False)
    if len(parts) == 2 and (shown is None or hidden is None):
        shown = hidden = None  # the other part could be computed from the whole
    return LiveLog(together, shown, hidden, list(_bins(log)))


_FIGURES = {
    "n": Count("pk"),
    "people": Count("user", distinct=True),
    "absolute": Avg(Abs("error")),
    "square": Avg(Power("error", 2.0, output_field=FloatField())),
}


def _errors(row: dict[str, Any]) -> Errors | None:
    if row["people"] < MIN_PEOPLE or row["n"] < MIN_RATINGS:
        return None
    return Errors(row["n"], row["people"], row["absolute"], sqrt(row["square"]))


def _bins(log: Any) -> Iterator[Bin]:
    """By predicted half star, without bins of too few people."""
    rows = (
        log.annotate(half=Cast(Floor(F("predicted") * 2.0), FloatField()))
        .values("half")
        .annotate(
            n=Count("pk"),
            people=Count("user", distinct=True),
            predicted_mean=Avg("predicted"),
            given_mean=Avg("half_stars", output_field=FloatField()),
        )
        .order_by("half")
    )
    for row in rows:
        if row["people"] >= MIN_PEOPLE:
            yield Bin(row["half"] / 2, row["n"], row["predicted_mean"], row["given_mean"] / 2)
