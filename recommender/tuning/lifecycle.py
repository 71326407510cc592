"""Search rows: claiming, pausing, finishing, and when a search is due."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from cfsite.lib.queue.worker_claims import is_dead, this_process
from movies.models import RatingChanges
from recommender.accuracy import evaluate
from recommender.models import HyperparameterSearch, TrainingRun
from recommender.training import hyperparameters, refit
from recommender.training.hyperparameter_space import RefusedValues, Values, recipe
from recommender.training.snapshot import Snapshot
from recommender.tuning.objective import TuningSplit

State = HyperparameterSearch.State
# A paused search is not resumed once more than this share of its ratings has changed.
MAX_CHANGED = 0.1
OUT_OF_TIME = "time ran out before it could be confirmed"
# A new search is not due before this share of the ratings has changed.
MIN_CHANGED = 0.05


class AlreadySearching(Exception):
    """Another process is running a search."""


def claim(seconds: float | None, *, new: bool, seed: int) -> HyperparameterSearch:
    """Take the paused search, or create one, as the one this process runs.

    Raises:
        AlreadySearching
    """
    release_dead()
    now = timezone.now()
    ours = {"state": State.RUNNING, "heartbeat_at": now, "worker": this_process(), "reason": ""}
    try:
        with transaction.atomic():
            for search in HyperparameterSearch.objects.paused().newest_first():
                if not new and _can_resume(search):
                    return _resume(search, seconds, ours)
                search.state, search.finished_at = State.FAILED, now
                search.reason = "Abandoned for a new search."
                search.save(update_fields=["state", "finished_at", "reason"])
            return HyperparameterSearch.objects.create(
                **ours,
                seed=seed,
                budget_seconds=60 * settings.TUNE_MINUTES if seconds is None else seconds,
                code_version=settings.VERSION,
                recipe=recipe(),
            )
    except IntegrityError as error:
        raise AlreadySearching("another search is running") from error


def _resume(
    search: HyperparameterSearch, seconds: float | None, ours: dict[str, Any]
) -> HyperparameterSearch:
    if seconds is not None:
        ours = {**ours, "budget_seconds": search.spent_seconds + seconds}
    if not HyperparameterSearch.objects.paused().filter(pk=search.pk).update(**ours):
        raise AlreadySearching("another process has just taken it over")
    search.refresh_from_db()
    return search


def _can_resume(search: HyperparameterSearch) -> bool:
    """Neither defaults and bounds nor too many of the ratings have changed since."""
    n_ratings = search.data.get("ratings")
    changed = RatingChanges.total() - search.rating_changes
    return search.recipe == recipe() and (
        n_ratings is None or changed <= MAX_CHANGED * max(n_ratings, 1)
    )


def release_dead() -> int:
    """Pause searches whose process is gone; their trials are kept."""
    released = 0
    for search in HyperparameterSearch.objects.running():
        if is_dead(search):
            dead = HyperparameterSearch.objects.running().filter(
                pk=search.pk, heartbeat_at=search.heartbeat_at
            )
            released += dead.update(state=State.PAUSED, reason="Its process stopped.")
    return released


def record_data(search: HyperparameterSearch, snapshot: Snapshot, split: TuningSplit) -> None:
    """Store how many ratings the search uses, and for what."""
    search.rating_changes = snapshot.rating_changes
    search.data = {
        "ratings": len(snapshot.ratings),
        "learned from": len(split.train),
        "judging trials": len(split.search),
        "judging the best": len(split.confirm),
    }
    search.save(update_fields=["rating_changes", "data"])


def save_stage_result(
    search: HyperparameterSearch, stage: str, result: dict[str, Any], best: Values
) -> None:
    """Store the outcome of a stage; a resumed search skips the stage."""
    search.scores[stage] = {**result, "best": best}
    if result["accepted"]:
        search.values = {**search.values, **best}
    search.save(update_fields=["scores", "values"])


def finish(search: HyperparameterSearch, spent: float, *, apply: bool) -> None:
    """Finish the search and, with `apply`, put it to use, in one short transaction.

    If nothing proved better than the defaults, refits return to the defaults, even if an earlier
    search is in use: its values were among the trials.
    """
    with transaction.atomic():
        _end(search, State.FINISHED, spent, "", finished_at=timezone.now())
        if not apply or search.state != State.FINISHED:
            return
        if search.values:
            hyperparameters.use_search(search)
        elif _compared_both_stages(search):
            hyperparameters.use_defaults()
    search.refresh_from_db()


def _compared_both_stages(search: HyperparameterSearch) -> bool:
    """Whether neither stage ran out of time."""
    reasons = [result.get("reason") for result in search.scores.values()]
    return len(reasons) > 1 and OUT_OF_TIME not in reasons


def pause(search: HyperparameterSearch, spent: float, reason: str) -> None:
    _end(search, State.PAUSED, spent, reason)


def fail(search: HyperparameterSearch, spent: float, reason: str) -> None:
    _end(search, State.FAILED, spent, reason, finished_at=timezone.now())


def _end(search: HyperparameterSearch, state: str, spent: float, reason: str, **more: Any) -> None:
    """Only if this process still owns the search; otherwise the new owner decides."""
    ours = HyperparameterSearch.objects.running().filter(pk=search.pk, worker=search.worker)
    ours.update(state=state, spent_seconds=spent, reason=reason, phase="", **more)
    search.refresh_from_db()


def is_usable(search: HyperparameterSearch) -> bool:
    try:
        hyperparameters.found_values(search)
    except RefusedValues:
        return False
    return True


def can_search() -> bool:
    """Whether Optuna is installed here (requirements-tuning.txt)."""
    return find_spec("optuna") is not None


def is_due() -> bool:
    """Whether a search is paused, or the interval is over and enough ratings have changed.

    Decided from the database alone.
    """
    if not settings.TUNE_INTERVAL or waiting_work():
        return False
    searches = HyperparameterSearch.objects
    if searches.running().exists():
        return False
    if searches.paused().exists():
        return True
    last = searches.newest_first().first()
    since = last.started_at if last else _first_run_finished_at()
    if since is None or since > timezone.now() - timedelta(days=settings.TUNE_INTERVAL):
        return False
    changed = RatingChanges.total() - (last.rating_changes if last else 0)
    return changed >= MIN_CHANGED * (last.data.get("ratings", 0) if last else 0)


def waiting_work() -> str:
    """Work that takes precedence over a search, in words; empty if there is none."""
    if TrainingRun.objects.running().exists():
        return "a refit is running"
    if refit.is_due():
        return "a refit is due"
    return "an evaluation is due" if evaluate.is_due() else ""


def _first_run_finished_at() -> datetime | None:
    """A new site waits one interval from its first run for its first search."""
    return (
        TrainingRun.objects.finished().order_by("pk").values_list("finished_at", flat=True).first()
    )
