"""Runs that learned from users who erased their account since.

The users' own factors are erased with them. The movies' factors were learned from many ratings,
theirs among them, and stay until the run's rows are deleted.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recommender import store
from recommender.models import TrainingRun, UserFactors
from recommender.training import policy

if TYPE_CHECKING:
    from accounts.models import User


def mark_runs(sender: Any, user: User, **kwargs: Any) -> None:
    """Note on the runs that learned from this user that they carry a trace.

    A run in progress may have read the user's ratings already, so it counts as well.
    """
    stored = list(store.with_rows(TrainingRun.objects.all()).values_list("pk", flat=True))
    learned = UserFactors.objects.filter(run__in=stored, user=user).values("run")
    running = Q(state=TrainingRun.State.RUNNING) if user.trains_model else Q(pk=None)
    TrainingRun.objects.filter(Q(pk__in=learned) | running).update(
        n_erased=F("n_erased") + 1, erased_at=timezone.now()
    )


def await_refit(last: TrainingRun | None) -> bool:
    """Whether the active run carries a trace that the last finished one could not have left out."""
    active = TrainingRun.objects.active()
    if active is None or active.erased_at is None or last is None:
        return False
    return last.started_at is None or active.erased_at >= last.started_at


def refit_due_at() -> datetime:
    """When the interval since the newest run is over."""
    newest = TrainingRun.objects.newest_first().first()
    if newest is None:
        return timezone.now()
    return max(newest.created_at + policy.current().interval, timezone.now())


def trace_of_erased(run: TrainingRun) -> str:
    """Until when the run's movie factors carry a trace of erased users; "" if they carry none."""
    if not run.n_erased:
        return ""
    text = ngettext(
        "This run learned from %(n)d account that has since been erased.",
        "This run learned from %(n)d accounts that have since been erased.",
        run.n_erased,
    ) % {"n": run.n_erased}
    return f"{text} {_until(run)}"


def trace_in_active_run() -> str:
    """For the data notice."""
    active = TrainingRun.objects.active()
    if active is None or not active.n_erased:
        return ""
    text = ngettext(
        "The live model learned from %(n)d account that has since been erased.",
        "The live model learned from %(n)d accounts that have since been erased.",
        active.n_erased,
    ) % {"n": active.n_erased}
    return f"{text} {_until(active)}"


def _until(run: TrainingRun) -> str:
    if run.state == TrainingRun.State.RUNNING:
        return _("The next refit will remove any trace.")
    if not store.has_rows(run):
        return _("Its factors have been deleted, so no trace is left.")
    if policy.current().pinned_run_id == run.pk:
        return _("Its movie factors carry a trace until it is unpinned.")
    if run.is_active:
        due = date_format(timezone.localtime(refit_due_at()), "SHORT_DATETIME_FORMAT")
        text = _("Its movie factors carry a trace until the next refit, due on %(due)s.")
        return text % {"due": due}
    return _(
        "It is kept for rollbacks. Its movie factors carry a trace until newer runs replace it."
    )
