"""One log line for each thing that happens to a run; with CFSITE_LOG_FORMAT=json, its fields."""

from __future__ import annotations

import logging

from recommender.models import TrainingRun

logger = logging.getLogger("recommender.runs")


def ended(run: TrainingRun) -> None:
    seconds = (
        (run.finished_at - run.started_at).total_seconds()
        if run.finished_at and run.started_at
        else 0.0
    )
    is_ready = run.state == TrainingRun.State.READY
    logger.log(
        logging.INFO if is_ready else logging.WARNING,
        "Refit %s %s after %.1f s: %s",
        *(run.pk, run.state, seconds, _outcome(run)),
        extra={
            "event": "refit",
            "run": run.pk,
            "state": run.state,
            "seconds": round(seconds, 1),
            "ratings": run.data.get("ratings"),
            "rmse": run.metrics.get("rmse"),
            "reason": run.reason,
        },
    )


def happened(event: str, run_id: int | None, sentence: str) -> None:
    """A switch, pin, cancel, pause ..."""
    logger.info("%s", sentence, extra={"event": event, "run": run_id})


def _outcome(run: TrainingRun) -> str:
    if run.reason:
        return run.reason
    ratings, error = run.data.get("ratings"), run.metrics.get("rmse")
    measured = "not measured" if error is None else f"RMSE {error:.4f}"
    return f"{ratings} ratings, {measured}"
