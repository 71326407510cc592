"""Make a backup: write it, read it back, put it in its place, delete the oldest."""

from __future__ import annotations

import fcntl
import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import Error, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from cfsite.lib import media
from cfsite.operations.backups import archive, contents, places, postgresql, schedule, sqlite
from cfsite.operations.backups.archive import Manifest, Writer
from cfsite.operations.backups.failures import BackupFailed, disk_faults_of
from cfsite.operations.models import Backup

logger = logging.getLogger(__name__)

DATABASES = {"sqlite": sqlite, "postgresql": postgresql}
LOCK = "backup.lock"
DRAFT = ".backup-"


class AlreadyRunning(BackupFailed):
    """Another process makes one at this moment."""


def back_up_if_due() -> Backup | None:
    if not schedule.is_due():
        return None
    with suppress(AlreadyRunning):
        return back_up(is_scheduled=True)
    return None


def back_up(to: Path | str | None = None, *, is_scheduled: bool = False) -> Backup:
    """Make one, and record how that went.

    to: another place than the configured one, where no older ones are deleted.

    Raises:
        BackupFailed: There is no new backup, and nothing partial.
    """
    record = Backup(started_at=timezone.now(), is_scheduled=is_scheduled)
    record.place = str(to or settings.BACKUP_TO)
    record.name = places.name_for(record.started_at)
    try:
        with _alone():
            place = places.place(to or settings.BACKUP_TO)
            record.place = str(place)
            record.size = _make(place, record.name, record.started_at)
            record.finished_at = timezone.now()
            record.save()
            if to is None:
                _delete_old(place)
    except AlreadyRunning:
        raise
    except BackupFailed as failed:
        _record_failure(record, failed)
        raise
    seconds = (record.finished_at - record.started_at).total_seconds()
    logger.info(
        "Backup %s in %s: %d bytes, %.1f seconds",
        *(record.name, record.place, record.size, seconds),
        extra={"event": "backup", "backup": record.name, "seconds": seconds},
    )
    return record


def _delete_old(place: places.Place) -> None:
    """The new one is there, whatever becomes of the old ones."""
    try:
        schedule.delete_old(place)
    except BackupFailed as failed:
        logger.error("Old backups could not be deleted: %s", failed)


def _make(place: places.Place, name: str, moment: datetime) -> int:
    folder = place.draft_folder()
    with disk_faults_of(folder):
        for leftover in folder.glob(f"{DRAFT}*"):
            shutil.rmtree(leftover)
        with tempfile.TemporaryDirectory(prefix=DRAFT, dir=folder) as draft:
            path = Path(draft, name)
            _write(path, moment)
            _verify(path, Path(draft, "read-back"))
            size = path.stat().st_size
            place.put(path, name)
    return size


def _write(path: Path, moment: datetime) -> None:
    database = DATABASES[connection.vendor]
    manifest = Manifest(
        version=settings.VERSION,
        made_at=moment.isoformat(),
        vendor=connection.vendor,
        server_version=database.server_version(),
        migrations=sorted(
            f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()
        ),
    )
    dump = path.with_name("dump")
    with archive.writing(path, manifest) as writer:
        writer.add_bytes(archive.SECRET_KEY, settings.SECRET_KEY.encode())
        # Twice: what is deleted during the dump is in the first round, what is new in the second.
        _add_media(writer)
        manifest.tables = database.dump(dump)
        writer.add_file(database.MEMBER, dump)
        _add_media(writer)
    dump.unlink()


def _add_media(writer: Writer) -> None:
    for name in media.names(default_storage):
        member = f"{archive.MEDIA}/{name}"
        if writer.has(member):
            continue
        with suppress(FileNotFoundError), default_storage.open(name) as file:  # deleted since
            writer.add_bytes(member, file.read())


def _verify(path: Path, folder: Path) -> None:
    """What was written, read from the disk again.

    Raises:
        BackupFailed: It is not what was meant.
    """
    manifest = archive.unpack(path, folder)
    verify_database(manifest, folder)
    shutil.rmtree(folder)


def verify_database(manifest: Manifest, folder: Path) -> None:
    """Let the database's own means look at the unpacked dump, and compare what it holds.

    Raises:
        BackupFailed: It is damaged.
    """
    database = DATABASES[manifest.vendor]
    found = database.verify(folder / database.MEMBER, set(manifest.tables))
    if found is not None and (differing := contents.difference(manifest.tables, found)):
        raise BackupFailed(f"The copy of the database is not what it should be: {differing}.")


@contextmanager
def _alone() -> Iterator[None]:
    """The system lets go of the lock when the process ends, however that happens."""
    with disk_faults_of(settings.DATA_DIR), (settings.DATA_DIR / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning("Another backup is being made at this moment.") from error
        yield


def _record_failure(record: Backup, failed: BackupFailed) -> None:
    logger.error("No backup: %s", failed, extra={"event": "backup_failed"})
    record.error, record.finished_at = str(failed), timezone.now()
    with suppress(Error):  # the database itself may be what fails
        record.save()
