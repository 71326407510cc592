"""Celery tasks; each is one call."""

from __future__ import annotations

import logging
import os
from typing import Any

from billiard import current_process
from celery import shared_task
from django.conf import settings

from recommender.accuracy import evaluate
from recommender.models import Guest, TriedRating
from recommender.training import prediction_log, refit
from recommender.tuning import lifecycle
from recommender.tuning.run import OptunaMissing, run_search

logger = logging.getLogger(__name__)


# No late acknowledgement and no retry: the next tick retries a refit that died, and one that kills
# its worker must not be redelivered forever.
@shared_task(time_limit=settings.REFIT_TIME_LIMIT_FACTOR * settings.REFIT_TIME_LIMIT + 600)
def refit_if_due() -> dict[str, Any]:
    run = refit.refit_if_due()
    return {"run": run.pk, "state": run.state} if run else {"run": None}


@shared_task
def measure_if_due() -> dict[str, Any]:
    logged = prediction_log.catch_up()
    evaluation = evaluate.evaluate_if_due()
    return {"logged": logged, "evaluation": evaluation.pk if evaluation else None}


@shared_task
def search_if_due() -> dict[str, Any]:
    """Resume or start a hyperparameter search while no other work is waiting."""
    lifecycle.release_dead()
    if not lifecycle.is_due():
        return {"search": None}
    _lower_priority()
    try:
        search = run_search(
            slice_seconds=settings.REFIT_TIME_LIMIT / 2, must_pause=lifecycle.waiting_work
        )
    except lifecycle.AlreadySearching:
        return {"search": None}
    except OptunaMissing as error:
        logger.info("No search for hyperparameters: %s", error)
        return {"search": None}
    return {"search": search.pk, "state": search.state}


def _lower_priority() -> None:
    """Let web processes go first. Only in a child process, since niceness cannot be taken back."""
    if current_process().name != "MainProcess" and hasattr(os, "nice"):
        os.nice(10)


@shared_task
def forget_guests() -> dict[str, int]:
    """Delete expired guests and their ratings."""
    return {"forgotten": Guest.objects.forget_gone()}


@shared_task
def forget_visitors() -> dict[str, int]:
    """Delete try-out ratings of visitors whose sessions have expired."""
    return {"forgotten": TriedRating.objects.forget_stale()}
