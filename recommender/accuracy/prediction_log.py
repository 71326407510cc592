"""What the site would have said before each rating, worked out afterwards.

Nothing is written when somebody rates. Here the ratings given since the last look are replayed:
each person is solved from the ratings they had given before, against the run that serves and
served then, and the prediction that stood is logged beside the rating. The tick does it every
minute, and once more just before another run is switched on.

Left out: ratings that came with an import or a data set, were changed since, or were given again
after the run had learned them; and those before which one of the earlier ratings was changed
since, because what stood then cannot be worked out any more.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from django.db import transaction
from django.db.models import F, Max, QuerySet

from movies.models import Rating
from recommender.core import fold_in, predicted_stars
from recommender.models import LoggedPrediction, TrainingRun
from recommender.serving.model_cache import Model, current_model
from recommender.training import store

logger = logging.getLogger(__name__)

BATCH = 1000
# Ratings looked at in one go: some ten seconds of work. The next tick goes on from there.
MOST_AT_ONCE = 20_000


def begin(run: TrainingRun) -> None:
    """From now on `run` serves: the next rating is the first that it may be asked about."""
    TrainingRun.objects.filter(pk=run.pk).update(logged_up_to=_last_rating())


def catch_up(most: int = MOST_AT_ONCE) -> int:
    """Log what stood before the ratings that came in since the last look. Returns how many.

    Safe to repeat and to run twice at once: a rating is logged once.
    """
    run = TrainingRun.objects.active()
    if run is None:
        return 0
    if run.logged_up_to is None:
        begin(run)
        return 0
    last = _last_rating()
    n_logged = 0
    while run.logged_up_to < last and n_logged < most:
        ratings = list(_given_here(run, last)[:BATCH])
        reached = last if len(ratings) < BATCH else ratings[-1].pk
        n_logged += _log(run, ratings, reached)
    return n_logged


def catch_up_before_a_switch() -> None:
    """A log that fails must not keep a better run from serving."""
    try:
        catch_up()
        forget_what_no_longer_stands()
    except Exception:
        logger.exception("Predictions before the last ratings were not logged")


def forget_what_no_longer_stands() -> int:
    """Delete rows whose rating was removed or changed; readers leave them out at once."""
    standing = LoggedPrediction.objects.standing()
    return LoggedPrediction.objects.exclude(pk__in=standing.values("pk")).delete()[0]


def _last_rating() -> int:
    return Rating.objects.aggregate(last=Max("pk"))["last"] or 0


def _given_here(run: TrainingRun, last: int) -> QuerySet[Rating]:
    """Not yet looked at, given by a person while this run served, and not changed since.

    An import keeps the moment a rating was given elsewhere, so its two times differ.
    """
    ratings = Rating.objects.filter(
        pk__gt=run.logged_up_to,
        pk__lte=last,
        rated_at=F("updated_at"),
        user__is_dataset_member=False,
    )
    if run.activated_at is not None:
        ratings = ratings.filter(rated_at__gte=run.activated_at)
    return ratings.order_by("pk")


def _log(run: TrainingRun, ratings: list[Rating], reached: int) -> int:
    """Log one batch and note how far we came, in one transaction."""
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
    by_person = sorted(ratings, key=lambda rating: (rating.user_id, rating.rated_at, rating.pk))
    for user_id, own in groupby(by_person, key=lambda rating: rating.user_id):
        history = _History.of(model, user_id)
        for rating in own:
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
    """One person's ratings in the order they were given."""

    model: Model
    movie_ids: np.ndarray  # (n,)
    rows: np.ndarray  # (n,) of the run, -1 for a movie it does not know
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
        """The stars that stood, 0.5 to 5; None when they cannot be worked out."""
        target = self.model.rows([rating.movie_id])[0]
        was_learned = self.fitted is not None and rating.movie_id in self.fitted.movie_ids
        before = self.rated_at < rating.rated_at
        if target < 0 or was_learned or (self.updated_at[before] > rating.rated_at).any():
            return None
        before &= self.rows >= 0
        fitted = self.fitted
        vector = fold_in(
            self.model.items,
            self.rows[before],
            self.stars[before],
            in_fit=None if fitted is None else np.isin(self.movie_ids[before], fitted.movie_ids),
            user_implicit=None if fitted is None else fitted.implicit,
        )
        stars = predicted_stars(self.model.items, vector, np.array([target]))
        return float(np.clip(stars[0], 0.5, 5.0))
