"""Starting, running, cancelling and undoing imports, in the worker or without one."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from celery import current_app
from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerError

from cfsite.lib.progress import Progress
from cfsite.lib.queue.heartbeat import beating
from cfsite.lib.queue.worker_claims import is_dead, this_process
from movies.models import ImportedRow, PersonalImport
from movies.my_imports.reading import UNDO_LASTS
from movies.my_imports.undo import remove_added_movies, undo_rows, written
from movies.my_imports.writing import Writer

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)

# By its name, since the tasks import this module.
RUN_TASK = "movies.tasks.run_import"

State = PersonalImport.State
# A worker begins within a second or two, unless it is busy or there is none.
WORKER_BEGINS = timedelta(seconds=15)
# A request may work for so long before it answers.
SECONDS_IN_A_REQUEST = 8.0
# Movies in a batch, which holds locks that others wait for: doubled after a short one and halved
# after a long one.
START_MOVIES, MIN_MOVIES, MAX_MOVIES = 100, 10, 2000
SHORT_SECONDS, LONG_SECONDS = 0.2, 0.5


class NotPossible(Exception):
    """The import is in another state; the text is for the user."""


def start(
    personal_import: PersonalImport,
    *,
    policy: str = PersonalImport.Policy.NEWER,
    takes_title_matches: bool = False,
    adds_movies: bool = False,
    wakes_worker: bool = True,
) -> None:
    """Hand an import that is ready, or was cancelled or failed, to the worker.

    Raises:
        NotPossible: it runs or is done.
    """
    now = timezone.now()
    changed = PersonalImport.objects.filter(
        pk=personal_import.pk,
        state__in=[State.READY, State.CANCELLED, State.FAILED],
        is_undo=False,
    ).update(
        state=State.WAITING,
        policy=policy,
        takes_title_matches=takes_title_matches,
        adds_movies=adds_movies,
        started_at=personal_import.started_at or now,
        queued_at=now,
        reason="",
    )
    if not changed:
        raise NotPossible(_("This import can’t be started now."))
    personal_import.refresh_from_db()
    if wakes_worker:
        _wake_worker(personal_import)


def start_undo(personal_import: PersonalImport) -> None:
    """Have the worker take the import back.

    Raises:
        NotPossible: it is not finished, undone already, or too old.
    """
    now = timezone.now()
    changed = PersonalImport.objects.filter(
        pk=personal_import.pk,
        state__in=[State.DONE, State.CANCELLED, State.FAILED],
        finished_at__gt=now - UNDO_LASTS,
    ).update(state=State.WAITING, is_undo=True, queued_at=now, done=0, reason="")
    if not changed:
        raise NotPossible(_("It’s too late to undo this import."))
    personal_import.refresh_from_db()
    _wake_worker(personal_import)


def cancel(personal_import: PersonalImport) -> None:
    """Stop after the batch at work. What is imported so far stays, and can be undone.

    Raises:
        NotPossible: it does not run.
    """
    changed = PersonalImport.objects.filter(pk=personal_import.pk).unfinished()
    if not changed.update(state=State.CANCELLED, finished_at=timezone.now(), worker=""):
        raise NotPossible(_("This import isn’t running."))
    personal_import.refresh_from_db()


def discard(personal_import: PersonalImport) -> None:
    """Delete an import that was never started.

    Raises:
        NotPossible: it was.
    """
    own = PersonalImport.objects.filter(pk=personal_import.pk)
    if not own.filter(state__in=[State.ASKING, State.READY]).delete()[0]:
        raise NotPossible(_("This import has already been started."))


def _wake_worker(personal_import: PersonalImport) -> None:
    """Without a broker the worker finds the import at its next look."""

    def send() -> None:
        try:
            current_app.send_task(RUN_TASK, [personal_import.pk], retry=False, ignore_result=True)
        except (BrokerError, OSError) as error:
            logger.warning("The worker could not be told of an import: %s", error)

    transaction.on_commit(send)


def is_waiting_in_vain(personal_import: PersonalImport) -> bool:
    """Whether the worker should have begun by now: it is busy, or there is none."""
    queued = personal_import.queued_at
    is_late = queued is not None and queued < timezone.now() - WORKER_BEGINS
    if personal_import.state == State.RUNNING:
        return is_dead(personal_import)
    return personal_import.state == State.WAITING and is_late


def due() -> list[PersonalImport]:
    """Imports that wait, and those whose process is gone, oldest first."""
    found = PersonalImport.objects.unfinished().defer("table").order_by("queued_at", "pk")
    return [one for one in found if one.state == State.WAITING or is_dead(one)]


def run(
    personal_import: PersonalImport,
    seconds: float | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> bool:
    """Do the work, for so many seconds at most. Returns whether it is finished.

    Several processes may call this at once: one of them works.
    """
    if not _claim(personal_import):
        return False
    began = time.monotonic()
    work = _undoing if personal_import.is_undo else _importing
    try:
        with beating(personal_import):
            for n in work(personal_import):
                if not _report(personal_import, n):
                    return False  # cancelled
                on_progress(personal_import.done, personal_import.total)
                if seconds is not None and time.monotonic() - began > seconds:
                    _update(personal_import, state=State.WAITING, worker="")
                    return False
    except Exception as error:
        if isinstance(error, OperationalError):
            logger.warning("An import stopped: %s", error)
        else:
            logger.exception("An import failed")
        reason = f"{type(error).__name__}: {error}".replace("\0", "")[:500]
        _update(personal_import, state=State.FAILED, reason=reason, finished_at=timezone.now())
        return True
    finished = State.UNDONE if personal_import.is_undo else State.DONE
    counts = {**personal_import.counts, **outcome_counts(personal_import)}
    _update(personal_import, state=finished, counts=counts, finished_at=timezone.now(), worker="")
    return True


def outcome_counts(personal_import: PersonalImport) -> dict[str, int]:
    """Numbers of rows by kind and outcome: {"rating added": 412}."""
    rows = ImportedRow.objects.filter(personal_import=personal_import).exclude(outcome="")
    return dict(
        Counter(f"{kind} {outcome}" for kind, outcome in rows.values_list("kind", "outcome"))
    )


def _claim(personal_import: PersonalImport) -> bool:
    with transaction.atomic():
        rows = PersonalImport.objects.select_for_update().filter(pk=personal_import.pk)
        now = rows.first()
        if now is None or now.state not in (State.WAITING, State.RUNNING):
            return False
        if now.state == State.RUNNING and not is_dead(now):
            return False
        rows.update(state=State.RUNNING, worker=this_process(), heartbeat_at=timezone.now())
    personal_import.refresh_from_db()
    return True


def _importing(personal_import: PersonalImport) -> Iterator[int]:
    """The numbers of rows done, batch by batch."""
    writer = Writer(personal_import)
    if personal_import.adds_movies:
        for _n in _in_batches(writer.add_movies):
            yield 0
    pending = ImportedRow.objects.accepted(personal_import)
    total = pending.count()
    left = pending.pending().count()
    _update(personal_import, total=total, done=total - left)
    yield from _in_batches(writer.write_movies)
    yield from _in_batches(lambda _n: writer.write_list())


def _undoing(personal_import: PersonalImport) -> Iterator[int]:
    _update(personal_import, total=written(personal_import).count(), done=0)
    yield from _in_batches(lambda n: undo_rows(personal_import, n))
    remove_added_movies(personal_import)


def _in_batches(write: Callable[[int], int]) -> Iterator[int]:
    size = START_MOVIES
    while True:
        began = time.monotonic()
        n = write(size)
        if not n:
            return
        took = time.monotonic() - began
        if took < SHORT_SECONDS:
            size = min(size * 2, MAX_MOVIES)
        elif took > LONG_SECONDS:
            size = max(size // 2, MIN_MOVIES)
        yield n


def _report(personal_import: PersonalImport, n: int) -> bool:
    """Record the progress; False if the import is no longer this process's to do."""
    personal_import.done += n
    return _update(personal_import, done=personal_import.done, heartbeat_at=timezone.now())


def _update(personal_import: PersonalImport, **fields: Any) -> bool:
    own = PersonalImport.objects.filter(
        pk=personal_import.pk, state=State.RUNNING, worker=this_process()
    )
    if not own.update(**fields):
        return False
    for name, value in fields.items():
        setattr(personal_import, name, value)
    return True


def progress(personal_import: PersonalImport) -> Progress:
    phase = "undoing" if personal_import.is_undo else "importing"
    phases = {
        "importing": (_("Importing"), 1.0),
        "undoing": (_("Undoing the import"), 1.0),
    }
    part = personal_import.done / personal_import.total if personal_import.total else 0.0
    return Progress.at(phases, phase, part, personal_import.queued_at, _("Getting ready"))


def of(user: User, pk: int) -> PersonalImport | None:
    """The user's import of this number."""
    return PersonalImport.objects.of(user).shown().filter(pk=pk).first() if pk < 2**63 else None
