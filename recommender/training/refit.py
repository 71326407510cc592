"""The refit: load -> hold out -> fit -> evaluate -> gate -> fit on everything -> store -> activate.

Killed at any point, the old run stays active and the next tick tries again. The command and the
worker both call `refit`.
"""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from movies.models import RatingChanges
from recommender.accuracy import prediction_log
from recommender.core import Factors, Hyperparameters, Ratings, fit
from recommender.core.onboarding.item_clusters import find_groups
from recommender.models import TrainingRun
from recommender.taste.map_builder import build_map
from recommender.training import run_lock, store
from recommender.training.gate import Rejected, Trial, check
from recommender.training.hyperparameters import current_hyperparameters, revert_after_rejection
from recommender.training.progress import Progress, Show
from recommender.training.run_lock import AlreadyRunning
from recommender.training.snapshot import Snapshot, read_snapshot

logger = logging.getLogger(__name__)

RUNS_KEPT = 3
ATTEMPTS = 3

request_refit = run_lock.request


def refit_if_due() -> TrainingRun | None:
    """The tick: refit when somebody asked, or enough has changed and enough time has passed."""
    run_lock.release_dead()
    if not is_due():
        return None
    try:
        return refit()
    except AlreadyRunning:
        return None


def is_due() -> bool:
    """Read from the database alone, never from a message that might have been lost."""
    if TrainingRun.objects.queued().exists():
        return True
    if _is_too_soon():
        return False
    last = TrainingRun.objects.finished().newest_first().first()
    changes = RatingChanges.total() - (last.rating_changes if last else 0)
    return changes >= max(settings.REFIT_MIN_CHANGES, 1)


def _is_too_soon() -> bool:
    """Within the interval since the last refit; a failed one may be tried again at once.

    Three failures in a row are not bad luck any more and wait like the others.
    """
    newest = list(TrainingRun.objects.newest_first()[:ATTEMPTS])
    if not newest:
        return False
    failed = [run.state == TrainingRun.State.FAILED for run in newest]
    if failed[0] and not (len(failed) == ATTEMPTS and all(failed)):
        return False
    return newest[0].created_at > timezone.now() - timedelta(seconds=settings.REFIT_INTERVAL)


def refit(*, seed: int | None = None, force: bool = False, progress: Show = "none") -> TrainingRun:
    """Learn all factors anew and serve them if they are good enough.

    Args:
        seed: of the random start; drawn when not given, stored on the run.
        force: switch on even what the gate refuses, unless it is not finite.
        progress: on stderr: "bar", "lines" (one per epoch, for logs) or "none".

    Returns the run, in the state ready, rejected or failed, with the reason.

    Raises:
        AlreadyRunning: another process is at it.
    """
    run = run_lock.claim()
    run.seed = secrets.randbits(31) if seed is None else seed
    run.code_version = settings.VERSION
    shown = Progress(run, show=progress)
    try:
        _learn(run, shown, force=force)
    except Rejected as refusal:
        _end(run, shown, TrainingRun.State.REJECTED, str(refusal))
        revert_after_rejection(run)
    except Exception as error:
        logger.exception("Refit %s failed", run.pk)
        _end(run, shown, TrainingRun.State.FAILED, f"{type(error).__name__}: {error}")
    except BaseException:
        _end(run, shown, TrainingRun.State.FAILED, "interrupted")
        raise
    finally:
        shown.close()
    prune()
    return run


def _learn(run: TrainingRun, progress: Progress, *, force: bool) -> None:
    progress.phase("reading ratings")
    snapshot = read_snapshot()
    hyperparameters = current_hyperparameters()
    run.hyperparameters = hyperparameters.to_dict()
    run.rating_changes = snapshot.rating_changes
    run.data = _describe(snapshot.ratings)
    run.save(update_fields=["seed", "code_version", "hyperparameters", "rating_changes", "data"])
    progress.phase("learning without the held-out ratings")
    trial = Trial.run(snapshot, hyperparameters, run.seed, progress.epoch)
    run.metrics = trial.metrics
    run.save(update_fields=["metrics"])
    check(trial, TrainingRun.objects.active(), force=force)
    progress.phase("learning from all ratings")
    factors = _fit(snapshot, trial.hyperparameters, run.seed, progress)
    factors = factors.with_spread(trial.spread)
    progress.phase("storing")
    run.summary = factors.items.summary()
    run.save(update_fields=["summary"])
    store.write(run, factors, progress.step)
    groups = find_groups(factors.items, factors.user_interest)
    store.write_groups(run, groups, factors.items)
    progress.phase("checking what was stored")
    store.verify(run, factors)
    store.verify_groups(run, groups, factors.items)
    progress.phase("drawing the taste map")
    build_map(run, factors)
    _finish(run, progress)


def _fit(
    snapshot: Snapshot, hyperparameters: Hyperparameters, seed: int, progress: Progress
) -> Factors:
    return fit(
        snapshot.ratings,
        hyperparameters,
        seed=seed,
        on_epoch=progress.epoch,
        item_genres=snapshot.genres,
    )


def _describe(ratings: Ratings) -> dict[str, int]:
    return {
        "ratings": len(ratings),
        "users": ratings.n_users,
        "movies": ratings.n_items,
        "dropped": ratings.n_dropped,
    }


def _finish(run: TrainingRun, progress: Progress) -> None:
    run.curve = progress.curve
    run.phase, run.done, run.total = "", 0, 0
    run.finished_at = timezone.now()
    run.save(update_fields=["curve", "phase", "done", "total", "finished_at"])
    prediction_log.catch_up_before_switch()
    with transaction.atomic():
        # Only while it is still ours: a run given up as dead must not come back.
        if (
            not TrainingRun.objects.running()
            .filter(pk=run.pk)
            .update(state=TrainingRun.State.READY)
        ):
            raise AlreadyRunning("the run was given up while it was being stored")
        store.drop_orphans(run)
        run.state = TrainingRun.State.READY
        _switch_to(run)
    logger.info("Run %s serves: learned from %s ratings", run.pk, run.data.get("ratings"))


def activate(run: TrainingRun) -> None:
    """Serve this run from now on: one short transaction, seen by every process's next request.

    Raises:
        ValueError: the run is not ready, or its factors have been pruned.
    """
    if run.state != TrainingRun.State.READY or not store.has_rows(run):
        raise ValueError(f"run {run.pk} has no complete factors to serve")
    prediction_log.catch_up_before_switch()
    _switch_to(run)


def _switch_to(run: TrainingRun) -> None:
    with transaction.atomic():
        TrainingRun.objects.filter(is_active=True).exclude(pk=run.pk).update(is_active=False)
        TrainingRun.objects.filter(pk=run.pk).update(is_active=True, activated_at=timezone.now())
        prediction_log.start(run)
    run.refresh_from_db()


def prune() -> None:
    """Delete the factors of all runs but the active one and the newest ready ones."""
    ready = TrainingRun.objects.filter(state=TrainingRun.State.READY).newest_first()
    kept = set(ready.values_list("pk", flat=True)[:RUNS_KEPT])
    over = TrainingRun.objects.exclude(
        state__in=[TrainingRun.State.RUNNING, TrainingRun.State.QUEUED]
    )
    for run in store.with_rows(over.filter(is_active=False).exclude(pk__in=kept)):
        store.delete(run)


def _end(run: TrainingRun, progress: Progress, state: str, reason: str) -> None:
    """Note how a run ended that does not serve, and drop the rows it had written."""
    store.delete(run)
    TrainingRun.objects.running().filter(pk=run.pk).update(
        state=state, reason=reason, finished_at=timezone.now(), curve=progress.curve
    )
    run.refresh_from_db()
