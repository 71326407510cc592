"""The refit: read, fit without held-out ratings, gate, fit all ratings, store, activate.

If it is killed at any point, the old run stays active and the next tick tries again. The command
and the worker both call `refit`.
"""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cfsite.lib.queue.heartbeat import beating
from movies.models import RatingChanges
from recommender import store, user_partitions
from recommender.core import Factors, FitDiverged, fit
from recommender.core.onboarding.item_clusters import cluster_items
from recommender.fake_profiles.find import list_suspicious
from recommender.models import RefitPolicy, TrainingRun
from recommender.taste.map_builder import build_map
from recommender.training import erased_users, fit_engine, policy, prediction_log, run_lock, run_log
from recommender.training.comparison import compare
from recommender.training.gate import HoldoutFit, Rejected, check
from recommender.training.hyperparameters import current_hyperparameters, revert_after_rejection
from recommender.training.progress import Cancelled, Progress, Show, finite
from recommender.training.run_lock import AlreadyRunning
from recommender.training.snapshot import Snapshot, open_snapshot
from recommender.training.user_writer import WriteUsers

if TYPE_CHECKING:
    from recommender.core.fitting.engines import Engine

logger = logging.getLogger(__name__)

RUNS_KEPT = 3
ATTEMPTS = 3


def refit_if_due() -> TrainingRun | None:
    """Refit if one is due; the worker's tick."""
    run_lock.release_dead()
    if not is_due():
        return None
    try:
        return refit()
    except AlreadyRunning:
        return None


def is_due() -> bool:
    """Whether a refit is queued, or enough ratings have changed and the interval is over.

    While refits are paused, only a queued one is.

    Decided from the database alone, never from a message that might have been lost.
    """
    if TrainingRun.objects.queued().exists():
        return True
    rules = policy.current()
    if rules.is_paused or _is_too_soon(rules):
        return False
    last = TrainingRun.objects.finished().newest_first().first()
    if erased_users.await_refit(last):
        return True
    changes = RatingChanges.total() - (last.rating_changes if last else 0)
    return changes >= rules.min_changes


def _is_too_soon(rules: policy.Policy) -> bool:
    """Whether the interval since the last refit is not over yet.

    A failed refit is retried at once, until it has failed three times in a row.
    """
    newest = list(TrainingRun.objects.newest_first()[:ATTEMPTS])
    if not newest:
        return False
    failed = [run.state == TrainingRun.State.FAILED for run in newest]
    if failed[0] and not (len(failed) == ATTEMPTS and all(failed)):
        return False
    return newest[0].created_at > timezone.now() - rules.interval


def refit(
    *,
    seed: int | None = None,
    force: bool = False,
    progress: Show = "none",
    engine: fit_engine.Name | None = None,
) -> TrainingRun:
    """Fit all factors from scratch and activate them if they pass the gate.

    Args:
        seed: of the random start; drawn if not given, and stored on the run.
        force: activate even what the gate rejects, unless it is not finite.
        progress: on stderr: "bar", "lines" (one per epoch, for logs) or "none".
        engine: where the fits run; None: where the settings say.

    Returns the run, in the state ready, rejected, failed or cancelled, with the reason.

    Raises:
        AlreadyRunning: another process is refitting.
    """
    run = run_lock.claim()
    run.seed = seed if seed is not None else run.seed or secrets.randbits(31)
    run.code_version = settings.VERSION
    reporter = Progress(run, show=progress)
    try:
        with beating(run), fit_engine.fit_engine(engine) as runs_on:
            _fit_and_activate(run, reporter, runs_on, force=force or run.is_forced)
    except (Rejected, FitDiverged) as refusal:
        _end(run, reporter, TrainingRun.State.REJECTED, str(refusal))
        revert_after_rejection(run)
    except (Cancelled, AlreadyRunning) as end:  # nothing that a traceback would explain
        _end(run, reporter, TrainingRun.State.FAILED, str(end))
    except Exception as error:
        logger.exception("Refit %s failed", run.pk)
        _end(run, reporter, TrainingRun.State.FAILED, f"{type(error).__name__}: {error}")
    except BaseException:
        _end(run, reporter, TrainingRun.State.FAILED, "interrupted")
        raise
    finally:
        reporter.close()
    run_log.ended(run)
    prune()
    return run


def _fit_and_activate(
    run: TrainingRun, progress: Progress, engine: Engine | None, *, force: bool
) -> None:
    progress.phase("reading ratings")
    with open_snapshot(for_workers=engine is not None) as snapshot:
        progress.allow_for(len(snapshot.ratings))
        factors = _fit_twice(run, snapshot, progress, engine, force=force)
        has_users = snapshot.source is not None
    _store(run, factors, progress, has_users=has_users)
    progress.phase("comparing with the live run")
    run.comparison = _compare(TrainingRun.objects.active(), factors)
    _finish(run, progress)


def _fit_twice(
    run: TrainingRun, snapshot: Snapshot, progress: Progress, engine: Engine | None, *, force: bool
) -> Factors:
    """Without the held-out ratings, for the gate, then of all of them."""
    hyperparameters = current_hyperparameters()
    run.hyperparameters = hyperparameters.to_dict()
    run.rating_changes, run.fitted_up_to = snapshot.rating_changes, snapshot.last_rating
    run.data = _describe(snapshot)
    of_snapshot = ("rating_changes", "fitted_up_to", "data")
    run.save(update_fields=["seed", "code_version", "hyperparameters", *of_snapshot])

    list_suspicious(snapshot.ratings, run.seed)

    progress.phase("learning without the held-out ratings")
    active = TrainingRun.objects.active()
    holdout = HoldoutFit.run(snapshot, hyperparameters, run.seed, progress.epoch, active, engine)
    run.metrics = finite(holdout.metrics)
    run.save(update_fields=["metrics"])
    check(holdout, force=force, tolerance=policy.current().tolerance)

    progress.phase("learning from all ratings")
    factors = fit(
        snapshot.source or snapshot.ratings,
        holdout.hyperparameters,
        seed=run.seed,
        on_epoch=progress.epoch,
        item_genres=snapshot.genres,
        engine=engine,
        on_users=_writer(run, snapshot),
    )
    return factors.with_interval_weights(holdout.spread)


def _writer(run: TrainingRun, snapshot: Snapshot) -> WriteUsers | None:
    """For workers that read the snapshot by themselves."""
    if snapshot.source is None:
        return None
    user_partitions.make(run.pk)
    return WriteUsers(run.pk)


def _store(run: TrainingRun, factors: Factors, progress: Progress, *, has_users: bool) -> None:
    progress.phase("storing")
    run.summary = factors.items.summary()
    run.save(update_fields=["summary"])
    store.write(run, factors, progress.step, has_users=has_users)
    groups = cluster_items(factors.items, factors.user_interest)
    store.write_movie_groups(run, groups, factors.items)
    progress.phase("checking what was stored")
    store.verify(run, factors)
    store.verify_movie_groups(run, groups, factors.items)
    progress.phase("drawing the taste map")
    build_map(run, factors)


def _compare(active: TrainingRun | None, factors: Factors) -> dict[str, Any]:
    try:
        return compare(active, factors)
    except Exception:
        # Of interest to staff, and no reason to throw the fit away.
        logger.exception("The new run could not be compared with the live one")
        return {}


def _describe(snapshot: Snapshot) -> dict[str, float]:
    ratings, teacher = snapshot.ratings, snapshot.teacher
    return {
        "ratings": len(ratings),
        "users": ratings.n_users,
        "movies": ratings.n_items,
        "dropped": ratings.n_dropped,
        "teacher_ratings": teacher.n_ratings,
        "teacher_users": teacher.n_users,
        "teacher_weight": teacher.weight,
        "new_accounts": snapshot.n_new_accounts,
    }


def _finish(run: TrainingRun, progress: Progress) -> None:
    run.curve = progress.curve
    run.phase, run.done, run.total = "", 0, 0
    run.finished_at = timezone.now()
    run.save(update_fields=["curve", "phase", "done", "total", "finished_at", "comparison"])
    prediction_log.catch_up_before_switch()
    with transaction.atomic():
        # A run that was given up as dead meanwhile must not be activated.
        ours = TrainingRun.objects.running().filter(pk=run.pk)
        if not ours.update(state=TrainingRun.State.READY):
            raise AlreadyRunning("another process gave up on this run while it was being stored")
        store.drop_orphans(run)
        run.state = TrainingRun.State.READY
        # A pinned run stays; this one waits.
        if RefitPolicy.objects.locked().pinned_run_id is None:
            _switch_to(run)


def activate(run: TrainingRun) -> None:
    """Make this the active run, in one short transaction that every process's next request sees.

    Raises:
        ValueError: the run is not ready, or its rows have been deleted.
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
    run_log.happened("switch", run.pk, f"Run {run.pk} is live")


def prune() -> None:
    """Delete the rows of all runs but the active one and the newest ready ones."""
    ready = TrainingRun.objects.filter(state=TrainingRun.State.READY).newest_first()
    kept = set(ready.values_list("pk", flat=True)[:RUNS_KEPT])
    ended = TrainingRun.objects.exclude(
        state__in=[TrainingRun.State.RUNNING, TrainingRun.State.QUEUED]
    )
    for run in store.with_rows(ended.filter(is_active=False).exclude(pk__in=kept)):
        store.delete(run)
    user_partitions.drop_unused()


def _end(run: TrainingRun, progress: Progress, state: str, reason: str) -> None:
    """Store how a run ended that is not activated, and delete its rows."""
    store.delete(run)
    TrainingRun.objects.running().filter(pk=run.pk).update(
        state=state, reason=reason, finished_at=timezone.now(), curve=progress.curve
    )
    run.refresh_from_db()
