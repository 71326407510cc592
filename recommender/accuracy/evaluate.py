"""Evaluates the model and the baselines: on demand, and daily for the accuracy page.

The command and the worker both call `evaluate`. Results are stored, failures too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from cfsite.lib.queue.heartbeat import beating
from cfsite.lib.queue.worker_claims import is_dead, this_process
from recommender.accuracy import datasets
from recommender.accuracy.datasets import NothingToEvaluate, Source
from recommender.accuracy.progress import EvaluationProgress
from recommender.core import Factors, Ratings, fit
from recommender.core.evaluation import baselines, item_item_baselines
from recommender.core.evaluation.comparison import (
    MOST_PEOPLE_FOR_LISTS,
    MOST_PEOPLE_FOR_STARS,
    TooFewRatings,
    compare_models,
)
from recommender.models import Evaluation, TrainingRun
from recommender.training.progress import Show

logger = logging.getLogger(__name__)

DEFAULT_PROTOCOL = "temporal"
KEPT = 20  # evaluations of the site, and as many of data sets
# On a larger site the worker evaluates users drawn at random, so that refits do not wait long.
MAX_RATINGS_IN_WORKER = 1_000_000
# After this many failures in a row, pause before trying again.
ATTEMPTS = 3
PAUSE_AFTER_FAILURES = timedelta(hours=1)


class AlreadyEvaluating(Exception):
    """Another process is evaluating the site."""


def evaluate(
    source: Source,
    protocol: str = DEFAULT_PROTOCOL,
    *,
    peers: bool = False,
    left_out_at_a_time: int = 0,
    seed: int = 0,
    progress: Show = "none",
) -> Evaluation:
    """Evaluate and store the result.

    Args:
        peers: compare with item neighbours, EASE and SLIM too, not only the cheap baselines.
        left_out_at_a_time: measure what it costs to be outside the fit on everybody, so many
            people at a time, not on the new users alone.

    Raises:
        NothingToEvaluate: too few ratings, or no rating times where the protocol needs them.
        AlreadyEvaluating
    """
    rivals = item_item_baselines.ALL if peers else baselines.CHEAP
    evaluation = claim(source, protocol)
    shown = EvaluationProgress(evaluation, show=progress)
    try:
        chosen = datasets.protocol_for(protocol, source.ratings)
        with beating(evaluation):
            table = compare_models(
                source.ratings,
                chosen,
                _fit(source, seed, shown),
                rivals,
                on_phase=shown.phase,
                left_out_at_a_time=left_out_at_a_time,
            )
    except (TooFewRatings, NothingToEvaluate) as error:
        reason = f"{str(error).rstrip('.')}."
        _end(evaluation, Evaluation.State.FAILED, reason=reason)
        raise NothingToEvaluate(reason) from error
    except Exception as error:
        _end(evaluation, Evaluation.State.FAILED, reason=f"{type(error).__name__}: {error}")
        raise
    except BaseException:
        _end(evaluation, Evaluation.State.FAILED, reason="interrupted")
        raise
    finally:
        shown.close()
    table |= {"peers": peers, "seed": seed, "limits": _limits(source, table, peers)}
    _end(evaluation, Evaluation.State.FINISHED, table=table)
    prune()
    return evaluation


def evaluate_if_due() -> Evaluation | None:
    """Evaluate the site after a new run was switched on, at most once a day; the worker's tick."""
    release_dead()
    if not is_due():
        return None
    try:
        source = datasets.site().at_most(MAX_RATINGS_IN_WORKER)
        return evaluate(source, peers=True)
    except AlreadyEvaluating:
        return None
    except NothingToEvaluate as error:
        logger.info("The site was not evaluated: %s", error)
        return None
    except Exception:
        logger.exception("The evaluation failed")
        return None


def is_due() -> bool:
    """Whether the active run still has to be evaluated; decided from the database alone."""
    run = TrainingRun.objects.active()
    if run is None:
        return False
    newest = list(
        Evaluation.objects.of_site().filter(protocol=DEFAULT_PROTOCOL).newest_first()[:ATTEMPTS]
    )
    if not newest:
        return True
    age = timezone.now() - newest[0].created_at
    interval = timedelta(seconds=settings.EVALUATE_INTERVAL)
    failed = [evaluation.state == Evaluation.State.FAILED for evaluation in newest]
    if failed[0]:
        keeps_failing = len(failed) == ATTEMPTS and all(failed)
        return not keeps_failing or age >= min(interval, PAUSE_AFTER_FAILURES)
    return newest[0].run_id != run.pk and age >= interval


def release_dead() -> None:
    """Mark evaluations whose process is gone as failed, so that they do not block the next."""
    for evaluation in Evaluation.objects.running():
        if is_dead(evaluation):
            _end(evaluation, Evaluation.State.FAILED, reason="The process stopped unexpectedly.")


def prune() -> None:
    """Delete all but the newest evaluations, of the site and of data sets separately."""
    for group in (Evaluation.objects.of_site(), Evaluation.objects.exclude(source=Evaluation.SITE)):
        kept = list(group.newest_first().values_list("pk", flat=True)[:KEPT])
        group.exclude(pk__in=kept).delete()


def claim(source: Source, protocol: str) -> Evaluation:
    """Create the running evaluation.

    Raises:
        AlreadyEvaluating
    """
    release_dead()
    try:
        with transaction.atomic():
            return Evaluation.objects.create(
                source=source.name,
                protocol=protocol,
                run=source.run,
                worker=this_process(),
                code_version=settings.VERSION,
            )
    except IntegrityError as error:
        raise AlreadyEvaluating("another evaluation of this site is already running") from error


def _end(evaluation: Evaluation, state: str, **fields: Any) -> None:
    fields |= {"state": state, "phase": "", "finished_at": timezone.now()}
    Evaluation.objects.running().filter(pk=evaluation.pk).update(**fields)
    evaluation.refresh_from_db()


def _fit(source: Source, seed: int, shown: EvaluationProgress) -> Callable[[Ratings], Factors]:
    def fit_ratings(ratings: Ratings) -> Factors:
        return fit(
            ratings,
            source.hyperparameters,
            seed=seed,
            on_epoch=shown.epoch,
            item_genres=source.genres,
        )

    return fit_ratings


def _limits(source: Source, table: dict[str, Any], peers: bool) -> dict[str, int]:
    """The sample sizes that bounded time and memory."""
    limits: dict[str, int] = {}
    if source.drawn_from:
        limits["people_drawn_from"] = source.drawn_from
    if table["n_people"] > MOST_PEOPLE_FOR_STARS:
        limits["people_for_stars"] = MOST_PEOPLE_FOR_STARS
    if table["n_people"] > MOST_PEOPLE_FOR_LISTS:
        limits["people_for_lists"] = MOST_PEOPLE_FOR_LISTS
    if peers and table["n_movies"] > item_item_baselines.MOST_ITEMS_IN_A_SQUARE:
        limits["movies_of_peers"] = item_item_baselines.MOST_ITEMS_IN_A_SQUARE
    if peers and table["n_people"] > item_item_baselines.MOST_PEOPLE_IN_A_SQUARE:
        limits["people_of_peers"] = item_item_baselines.MOST_PEOPLE_IN_A_SQUARE
    return limits
