"""The rows of searches: who may run one, how it ends, when one is due."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from cfsite.lib.worker_claims import is_dead, this_process
from movies.models import RatingChanges
from recommender.accuracy import evaluate
from recommender.models import HyperparameterSearch, TrainingRun
from recommender.training import hyperparameters, refit
from recommender.training.snapshot import Snapshot
from recommender.tuning.objective import TuningSplit
from recommender.tuning.space import RefusedValues, Values, recipe

State = HyperparameterSearch.State
# A paused search goes on only where it has not become a search on other data.
MOST_CHANGED = 0.1
OUT_OF_TIME = "the time was over before it was confirmed"
# A new one is not due before this share of the ratings has changed.
LEAST_CHANGED = 0.05


class AlreadySearching(Exception):
    """Another process is at it."""


def claim(seconds: float | None, *, new: bool, seed: int) -> HyperparameterSearch:
    """The paused search, or a new one, is now ours and running.

    Raises:
        AlreadySearching
    """
    release_dead()
    now = timezone.now()
    ours = {"state": State.RUNNING, "heartbeat_at": now, "worker": this_process(), "reason": ""}
    try:
        with transaction.atomic():
            for search in HyperparameterSearch.objects.paused().newest_first():
                if not new and _may_go_on(search):
                    return _go_on(search, seconds, ours)
                search.state, search.finished_at = State.FAILED, now
                search.reason = "Left for a new search."
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


def _go_on(
    search: HyperparameterSearch, seconds: float | None, ours: dict[str, Any]
) -> HyperparameterSearch:
    if seconds is not None:
        ours = {**ours, "budget_seconds": search.spent_seconds + seconds}
    if not HyperparameterSearch.objects.paused().filter(pk=search.pk).update(**ours):
        raise AlreadySearching("another process has just taken it")
    search.refresh_from_db()
    return search


def _may_go_on(search: HyperparameterSearch) -> bool:
    """Not after an upgrade that changed what is searched, nor on data that have become others."""
    n_ratings = search.data.get("ratings")
    changed = RatingChanges.total() - search.rating_changes
    return search.recipe == recipe() and (
        n_ratings is None or changed <= MOST_CHANGED * max(n_ratings, 1)
    )


def release_dead() -> int:
    """Searches whose process is gone are paused: what they found is there."""
    released = 0
    for search in HyperparameterSearch.objects.running():
        if is_dead(search):
            dead = HyperparameterSearch.objects.running().filter(
                pk=search.pk, heartbeat_at=search.heartbeat_at
            )
            released += dead.update(state=State.PAUSED, reason="Its process stopped.")
    return released


def describe(search: HyperparameterSearch, snapshot: Snapshot, yardstick: TuningSplit) -> None:
    """Note what is searched on."""
    search.rating_changes = snapshot.rating_changes
    search.data = {
        "ratings": len(snapshot.ratings),
        "learned from": len(yardstick.train),
        "judging trials": len(yardstick.search),
        "judging the best": len(yardstick.confirm),
    }
    search.save(update_fields=["rating_changes", "data"])


def keep(search: HyperparameterSearch, stage: str, result: dict[str, Any], best: Values) -> None:
    """Note a stage's outcome; it is not done again."""
    search.scores[stage] = {**result, "best": best}
    if result["accepted"]:
        search.values = {**search.values, **best}
    search.save(update_fields=["scores", "values"])


def finish(search: HyperparameterSearch, spent: float, *, apply: bool) -> None:
    """Finished and, if wanted, in use: one short transaction.

    Where nothing proved better than the defaults, the defaults it is, also where an earlier search
    had found something: it was among the trials.
    """
    with transaction.atomic():
        _end(search, State.FINISHED, spent, "", finished_at=timezone.now())
        if not apply or search.state != State.FINISHED:
            return
        if search.values:
            hyperparameters.use(search)
        elif _has_judged(search):
            hyperparameters.use_defaults()
    search.refresh_from_db()


def _has_judged(search: HyperparameterSearch) -> bool:
    """Whether both stages compared something, rather than running out of time."""
    reasons = [result.get("reason") for result in search.scores.values()]
    return len(reasons) > 1 and OUT_OF_TIME not in reasons


def pause(search: HyperparameterSearch, spent: float, reason: str) -> None:
    _end(search, State.PAUSED, spent, reason)


def fail(search: HyperparameterSearch, spent: float, reason: str) -> None:
    _end(search, State.FAILED, spent, reason, finished_at=timezone.now())


def _end(search: HyperparameterSearch, state: str, spent: float, reason: str, **more: Any) -> None:
    """Only while it is still ours: whoever took it over decides about it now."""
    ours = HyperparameterSearch.objects.running().filter(pk=search.pk, worker=search.worker)
    ours.update(state=state, spent_seconds=spent, reason=reason, phase="", **more)
    search.refresh_from_db()


def is_usable(search: HyperparameterSearch) -> bool:
    try:
        hyperparameters.values_of(search)
    except RefusedValues:
        return False
    return True


def can_search() -> bool:
    """Whether Optuna is installed here (requirements-tuning.txt)."""
    return find_spec("optuna") is not None


def is_due() -> bool:
    """Read from the database alone: one is paused, or it is time and enough has changed."""
    if not settings.TUNE_INTERVAL or not can_search() or who_waits():
        return False
    searches = HyperparameterSearch.objects
    if searches.running().exists():
        return False
    if searches.paused().exists():
        return True
    last = searches.newest_first().first()
    since = last.started_at if last else _first_run_finished()
    if since is None or since > timezone.now() - timedelta(days=settings.TUNE_INTERVAL):
        return False
    changed = RatingChanges.total() - (last.rating_changes if last else 0)
    return changed >= LEAST_CHANGED * (last.data.get("ratings", 0) if last else 0)


def who_waits() -> str:
    """What goes before, if anything: a refit running, asked for or due, or an evaluation."""
    if TrainingRun.objects.running().exists():
        return "a refit is running"
    if refit.is_due():
        return "a refit is due"
    return "an evaluation is due" if evaluate.is_due() else ""


def _first_run_finished() -> datetime | None:
    """A new site has other cares; its first search waits as long as later ones."""
    return (
        TrainingRun.objects.finished().order_by("pk").values_list("finished_at", flat=True).first()
    )
