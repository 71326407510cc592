"""What the worker is asked to do; each task is one call."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from recommender import evaluating, prediction_log, training


# No late acknowledgement and no retry: a refit that dies is tried again by the next tick, and one
# that kills its worker must not be handed out for ever.
@shared_task
def refit_if_due() -> dict[str, Any]:
    run = training.refit_if_due()
    return {"run": run.pk, "state": run.state} if run else {"run": None}


@shared_task
def measure_if_due() -> dict[str, Any]:
    logged = prediction_log.catch_up()
    evaluation = evaluating.evaluate_if_due()
    return {"logged": logged, "evaluation": evaluation.pk if evaluation else None}
