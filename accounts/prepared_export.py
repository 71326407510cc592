"""Exports too large to make within a request: the worker makes them, and they are kept for a while.

Whether one is wanted is read from the database by a periodic task, never from a message.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.data_export import export, n_rows
from accounts.models import DataExport, DataExportPiece, User

logger = logging.getLogger(__name__)

PIECE_BYTES = 1_000_000


def is_large(user: User) -> bool:
    return n_rows(user, settings.EXPORT_ROWS + 1) > settings.EXPORT_ROWS


def prepared_for(user: User) -> DataExport | None:
    """The export that was asked for, in whatever state, unless it is over."""
    found = DataExport.objects.filter(user=user).first()
    return None if found is None or found.kept_until < timezone.now() else found


def ask_for(user: User) -> DataExport:
    """Let the worker make the user's export; one that is on its way stays."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        found = prepared_for(user)
        if found is not None and found.ready_at is None and not found.has_failed:
            return found
        DataExport.objects.filter(user=user).delete()
        return DataExport.objects.create(user=user)


def content_of(prepared: DataExport) -> Iterator[bytes]:
    rows = prepared.pieces.order_by("number").values_list("content", flat=True)
    return (bytes(content) for content in rows.iterator(chunk_size=1))


def prepare_waiting() -> int:
    """Make the exports that were asked for, and delete those that are over."""
    DataExport.objects.expired().delete()
    return sum(_prepare(waiting) for waiting in DataExport.objects.waiting())


def _prepare(asked: DataExport) -> bool:
    """Make one export. False if another worker makes it, or it failed."""
    ours = DataExport.objects.waiting().filter(pk=asked.pk, attempts=asked.attempts)
    if not ours.update(started_at=timezone.now(), attempts=F("attempts") + 1):
        return False
    try:
        with transaction.atomic():
            asked.pieces.all().delete()
        for number, content in enumerate(_joined(export(asked.user), PIECE_BYTES)):
            DataExportPiece.objects.create(export=asked, number=number, content=content)
    except Exception:
        if DataExport.objects.filter(pk=asked.pk).update(started_at=None):
            logger.exception("Data export %s failed", asked.pk)
        return False  # without a row: the account was erased meanwhile
    return bool(DataExport.objects.filter(pk=asked.pk).update(ready_at=timezone.now()))


def _joined(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    waiting: list[bytes] = []
    for piece in pieces:
        waiting.append(piece)
        if sum(map(len, waiting)) >= size:
            yield b"".join(waiting)
            waiting = []
    if waiting:
        yield b"".join(waiting)
