"""What the worker is asked to do; each task is one call."""

from __future__ import annotations

import os
from typing import Any

from billiard import current_process
from celery import shared_task
from django.conf import settings

from recommender.accuracy import evaluate, prediction_log
from recommender.models import Guest, TriedRating
from recommender.training import refit
from recommender.tuning import lifecycle


# No late acknowledgement and no retry: a refit that dies is tried again by the next tick, and one
# that kills its worker must not be handed out for ever.
@shared_task
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
    """Go on with the search for hyper-parameters, or begin one, for as long as nobody waits."""
    lifecycle.release_dead()
    if not lifecycle.is_due():
        return {"search": None}
    _step_aside()
    from recommender.tuning.run import run_search  # with Optuna, which nothing else needs

    try:
        search = run_search(
            slice_seconds=settings.REFIT_TIME_LIMIT / 2, must_pause=lifecycle.who_waits
        )
    except lifecycle.AlreadySearching:
        return {"search": None}
    return {"search": search.pk, "state": search.state}


def _step_aside() -> None:
    """Let pages go first. In a child only, which ends with its task: niceness has no way back."""
    if current_process().name != "MainProcess" and hasattr(os, "nice"):
        os.nice(10)


@shared_task
def forget_guests() -> dict[str, int]:
    """Delete guests whose days are over, with what they rated."""
    return {"forgotten": Guest.objects.forget_gone()}


@shared_task
def forget_visitors() -> dict[str, int]:
    """Delete what visitors tried and did not come back for."""
    return {"forgotten": TriedRating.objects.forget_stale()}
