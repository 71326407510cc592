"""How accurate the site is: what the public page and the API both say."""

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

# Figures over fewer people or ratings would speak of somebody.
MIN_PEOPLE = 5
MIN_RATINGS = 20
# The whole log is read for these figures, by a page that is open to everybody.
KEPT_SECONDS = 300
_KEY = "accuracy.live"


@dataclass(frozen=True)
class Errors:
    """Predictions against the ratings that came in after them."""

    n_ratings: int
    n_people: int
    mean_absolute_error: float
    rmse: float


@dataclass(frozen=True)
class Bin:
    """What was given where about so many stars had been predicted."""

    predicted_from: float
    n_ratings: int
    mean_predicted: float
    mean_given: float


@dataclass(frozen=True)
class LiveLog:
    """The live log in figures that show no single person."""

    together: Errors
    shown: Errors | None  # the prediction was visible; None with `hidden` where one is too few
    hidden: Errors | None
    bins: list[Bin]


@dataclass(frozen=True)
class Accuracy:
    """Everything there is to say at this moment."""

    run: TrainingRun | None  # the one that serves
    evaluation: Evaluation | None  # the newest of the site's own ratings
    live: LiveLog | None  # None while it would show too little, or too much of somebody

    @property
    def is_of_serving_run(self) -> bool:
        return bool(self.run and self.evaluation and self.evaluation.run_id == self.run.pk)


def published_accuracy() -> Accuracy:
    return Accuracy(
        run=TrainingRun.objects.defer("summary", "curve").filter(is_active=True).first(),
        evaluation=_newest(),
        live=cache.get_or_set(_KEY, live_log, KEPT_SECONDS),
    )


def _newest() -> Evaluation | None:
    """By the protocol that tells most; another one only where that cannot be had."""
    done = Evaluation.objects.of_site().finished().newest_first().select_related("run")
    return done.filter(protocol=DEFAULT_PROTOCOL).first() or done.first()


def live_log() -> LiveLog | None:
    """The figures as they are now."""
    log = LoggedPrediction.objects.standing().with_error()
    together = _errors(log.aggregate(**_FIGURES))
    if together is None:
        return None
    parts = {
        row["prediction_shown"]: _errors(row)
        for row in log.values("prediction_shown").annotate(**_FIGURES).order_by()
    }
    shown, hidden = parts.get(True), parts.get(False)
    if len(parts) == 2 and (shown is None or hidden is None):
        shown = hidden = None  # one and the whole would tell the other
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
    """By half stars predicted; those of too few people are left out."""
    rows = (
        log.annotate(half=Cast(Floor(F("predicted") * 2.0), FloatField()))
        .values("half")
        .annotate(
            n=Count("pk"),
            people=Count("user", distinct=True),
            said=Avg("predicted"),
            given=Avg("half_stars", output_field=FloatField()),
        )
        .order_by("half")
    )
    for row in rows:
        if row["people"] >= MIN_PEOPLE:
            yield Bin(row["half"] / 2, row["n"], row["said"], row["given"] / 2)
