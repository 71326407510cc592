"""Logs what the site predicted before each rating, computed afterwards.

Nothing is written when a user rates. Instead, the ratings given since the last call are replayed:
each user is folded in from their earlier ratings, against the run that served then, and the
prediction is logged beside the rating. The worker does this every minute, and a last time just
before another run is switched on.

Left out are ratings from imports and data sets, ratings changed since, and ratings of movies that
the user had rated before, which the run may have learned from; also ratings whose earlier ratings
have changed since, because the prediction of that moment can no longer be computed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, QuerySet

from movies.models import EarlierRating, Rating
from recommender import store
from recommender.core import fold_in, predicted_stars
from recommender.models import LoggedPrediction, TrainingRun
from recommender.serving.model_cache import Model, current_model

logger = logging.getLogger(__name__)

BATCH = 1000
# Ratings logged in one call, some ten seconds of work; the next call continues.
MAX_AT_ONCE = 20_000


def start(run: TrainingRun) -> None:
    """Log only ratings given from now on, when `run` is switched on."""
    TrainingRun.objects.filter(pk=run.pk).update(logged_up_to=_last_rating_id())


def catch_up(max_ratings: int = MAX_AT_ONCE) -> int:
    """Log the predictions for ratings given since the last call; returns how many.

    Safe to repeat and to run concurrently: a rating is logged once.
    """
    run = TrainingRun.objects.active()
    if run is None:
        return 0
    if run.logged_up_to is None:
        start(run)
        return 0
    last = _last_rating_id()
    n_logged = 0
    while run.logged_up_to < last and n_logged < max_ratings:
        ratings = list(_new_ratings(run, last)[:BATCH])
        reached = last if len(ratings) < BATCH else ratings[-1].pk
        n_logged += _log(run, ratings, reached)
    return n_logged


def catch_up_before_switch() -> None:
    """Catch up before another run is activated; a failure must not prevent that."""
    try:
        catch_up()
        delete_invalid()
    except Exception:
        logger.exception("Predictions before the last ratings were not logged")


def delete_invalid() -> int:
    """Delete rows whose rating was removed or changed; readers already skip them."""
    valid = LoggedPrediction.objects.still_valid()
    return LoggedPrediction.objects.exclude(pk__in=valid.values("pk")).delete()[0]


def _last_rating_id() -> int:
    return Rating.objects.aggregate(last=Max("pk"))["last"] or 0


def _new_ratings(run: TrainingRun, last: int) -> QuerySet[Rating]:
    """Not yet logged, given while this run served, by a user, and not changed since.

    Imported ratings keep their original time, so their two times differ.
    """
    ratings = Rating.objects.filter(
        pk__gt=run.logged_up_to,
        pk__lte=last,
        rated_at=F("updated_at"),
        user__is_dataset_member=False,
    )
    if run.activated_at is not None:
        ratings = ratings.filter(rated_at__gte=run.activated_at)
    before = EarlierRating.objects.filter(user=OuterRef("user"), movie=OuterRef("movie"))
    return ratings.filter(~Exists(before)).order_by("pk")


def _log(run: TrainingRun, ratings: list[Rating], reached: int) -> int:
    """Log one batch and store how far the log has come, in one transaction."""
    rows: list[LoggedPrediction] = []
    model = current_model() if ratings else None
    if model is not None and model.run_id == run.pk:
        rows = list(_predictions(model, run, ratings))
    with transaction.atomic():
        LoggedPrediction.objects.bulk_create(rows, ignore_conflicts=True)
        TrainingRun.objects.filter(pk=run.pk).update(logged_up_to=reached)
    run.logged_up_to = reached
    return len(rows)


def _predictions(
    model: Model, run: TrainingRun, ratings: Iterable[Rating]
) -> Iterator[LoggedPrediction]:
    by_user = sorted(ratings, key=lambda rating: (rating.user_id, rating.rated_at, rating.pk))
    for user_id, user_ratings in groupby(by_user, key=lambda rating: rating.user_id):
        history = _History.of(model, user_id)
        for rating in user_ratings:
            stars = history.prediction_before(rating)
            if stars is not None:
                yield LoggedPrediction(
                    user_id=user_id,
                    movie_id=rating.movie_id,
                    run=run,
                    predicted=stars,
                    half_stars=rating.half_stars,
                    prediction_shown=rating.prediction_shown,
                    rated_at=rating.rated_at,
                )


@dataclass(frozen=True)
class _History:
    """One user's ratings in the order they were given."""

    model: Model
    movie_ids: np.ndarray  # (n,)
    rows: np.ndarray  # (n,) rows of the model, -1 for a movie it does not have
    stars: np.ndarray  # (n,) float32
    rated_at: np.ndarray  # (n,) datetimes, ascending
    updated_at: np.ndarray  # (n,) datetimes
    fitted: store.FittedUser | None

    @classmethod
    def of(cls, model: Model, user_id: int) -> _History:
        columns = ("movie_id", "half_stars", "rated_at", "updated_at")
        given = Rating.objects.filter(user=user_id).order_by("rated_at", "pk").values_list(*columns)
        movies, half_stars, rated_at, updated_at = zip(*given, strict=True) if given else ((),) * 4
        ids = np.array(movies, np.int64)
        return cls(
            model,
            ids,
            model.rows(ids),
            np.array(half_stars, np.float32) / 2,
            np.array(rated_at, object),
            np.array(updated_at, object),
            store.load_user(model.run_id, user_id),
        )

    def prediction_before(self, rating: Rating) -> float | None:
        """Predicted stars, 0.5 to 5; None if they cannot be computed any more."""
        target = self.model.rows([rating.movie_id])[0]
        fitted = self.fitted
        was_fitted = fitted is not None and rating.movie_id in fitted.movie_ids
        before = self.rated_at < rating.rated_at
        if target < 0 or was_fitted or (self.updated_at[before] > rating.rated_at).any():
            return None
        before &= self.rows >= 0
        vector = fold_in(
            self.model.items,
            self.rows[before],
            self.stars[before],
            times=[int(moment.timestamp()) for moment in self.rated_at[before]],
            in_fit=fitted and np.isin(self.movie_ids[before], fitted.movie_ids),
            user_implicit=None if fitted is None else fitted.implicit,
        )
        stars = predicted_stars(self.model.items, vector, np.array([target]))
        return float(np.clip(stars[0], 0.5, 5.0))
