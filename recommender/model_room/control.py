"""What staff do with runs, from the admin, the commands and the API.

Every function may be called again without harm, and leaves one line in the log.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from recommender import store
from recommender.models import RefitPolicy, TrainingRun
from recommender.training import policy, refit, run_lock
from recommender.training.run_log import happened

State = TrainingRun.State


class NotPossible(ValueError):
    """The run is in no state for it; the message says why, for staff."""


def request(*, force: bool = False, seed: int | None = None) -> TrainingRun:
    """Queue a refit; at most one is queued.

    force: it goes live whatever the gate says, unless its predictions are not finite.
    """
    run = run_lock.request()
    if force and run.state == State.QUEUED:
        TrainingRun.objects.queued().filter(pk=run.pk).update(is_forced=True, seed=seed or 0)
        run.refresh_from_db()
    happened("request", run.pk, f"Refit {run.pk} requested{', forced' * run.is_forced}")
    return run


def publish_anyway(run: TrainingRun) -> TrainingRun:
    """Queue a forced refit like this rejected one, of whose factors nothing was kept.

    Raises:
        NotPossible: it was not rejected.
    """
    if run.state != State.REJECTED:
        raise NotPossible(_("run %(run)d was not rejected") % {"run": run.pk})
    return request(force=True, seed=run.seed)


def cancel(run: TrainingRun) -> None:
    """End a queued or running refit. A running one notices after its epoch or batch of rows.

    Raises:
        NotPossible: it has ended already.
    """
    live = TrainingRun.objects.filter(pk=run.pk, state__in=[State.QUEUED, State.RUNNING])
    if not live.update(state=State.CANCELLED, finished_at=timezone.now(), reason="cancelled"):
        raise NotPossible(_("run %(run)d has ended already") % {"run": run.pk})
    run.refresh_from_db()
    happened("cancel", run.pk, f"Refit {run.pk} cancelled")


def pin(run: TrainingRun) -> None:
    """Serve this run until `unpin`. Refits go on, and wait as ready.

    Raises:
        NotPossible: its factors are incomplete.
    """
    with transaction.atomic():
        row = RefitPolicy.objects.locked()
        _activate(run)
        row.pinned_run = run
        row.save(update_fields=["pinned_run"])
    happened("pin", run.pk, f"Run {run.pk} pinned")


def unpin() -> TrainingRun | None:
    """Let the newest ready run go live, and later ones by themselves; returns the live one."""
    with transaction.atomic():
        row = RefitPolicy.objects.locked()
        was_pinned = row.pinned_run_id
        row.pinned_run = None
        row.save(update_fields=["pinned_run"])
        newest = newest_ready()
        if newest is not None and not newest.is_active:
            _activate(newest)
    if was_pinned:
        happened("unpin", was_pinned, f"Run {was_pinned} unpinned")
    return TrainingRun.objects.active()


def serve(run: TrainingRun) -> bool:
    """Make this run live; returns whether it had to be pinned, because a newer one waits.

    Raises:
        NotPossible: its factors are incomplete.
    """
    newest = newest_ready()
    if newest is not None and newest.pk != run.pk:
        pin(run)
        return True
    with transaction.atomic():
        row = RefitPolicy.objects.locked()
        _activate(run)
        row.pinned_run = None
        row.save(update_fields=["pinned_run"])
    return False


def previous() -> TrainingRun | None:
    """The ready run before the active one that still has its factors."""
    active = TrainingRun.objects.active()
    ready = TrainingRun.objects.filter(state=State.READY)
    earlier = ready.filter(pk__lt=active.pk) if active else ready
    return store.with_rows(earlier).newest_first().first()


def newest_ready() -> TrainingRun | None:
    """The newest run that could go live."""
    ready = TrainingRun.objects.filter(state=State.READY)
    return store.with_rows(ready).newest_first().first()


def pinned() -> TrainingRun | None:
    run_id = policy.current().pinned_run_id
    return TrainingRun.objects.filter(pk=run_id).first() if run_id else None


def pause() -> None:
    """No refit starts by itself until `resume`; requested ones do."""
    _set_paused(True)


def resume() -> None:
    _set_paused(False)


def is_paused() -> bool:
    return policy.current().is_paused


def _set_paused(is_paused: bool) -> None:
    with transaction.atomic():
        row = RefitPolicy.objects.locked()
        row.is_paused = is_paused
        row.save(update_fields=["is_paused"])
    event = "pause" if is_paused else "resume"
    happened(event, None, f"Refits {event}d")


def _activate(run: TrainingRun) -> None:
    try:
        refit.activate(run)
    except ValueError as error:
        text = _("run %(run)d has no complete factors to serve") % {"run": run.pk}
        raise NotPossible(text) from error
