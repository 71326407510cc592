"""Where backups are kept: a folder, or a bucket of an S3-compatible store."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings

from cfsite.operations.backups.failures import BackupFailed, disk_faults_of

NAME = re.compile(r"cfsite-(\d{8}T\d{6}\.\d{3})Z\.tar\.gz")


def name_for(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    return f"cfsite-{utc:%Y%m%dT%H%M%S}.{utc.microsecond // 1000:03d}Z.tar.gz"


def made_at(name: str) -> datetime | None:
    """When the backup of this name was made; None for other files."""
    found = NAME.fullmatch(name)
    return datetime.strptime(found[1], "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC) if found else None


class Place(Protocol):
    def draft_folder(self) -> Path:
        """Where a backup is written before it is put here."""

    def put(self, draft: Path, name: str) -> None:
        """Whole or not at all; `draft` may be gone afterwards.

        Raises:
            BackupFailed: It cannot be put here.
        """

    def names(self) -> list[str]:
        """Of the backups here, the oldest first."""

    def fetch(self, name: str, into: Path) -> Path:
        """A file on this machine that holds it; `into` is a folder for it."""

    def delete(self, name: str) -> None: ...


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __str__(self) -> str:
        return str(self.path)

    def draft_folder(self) -> Path:
        with disk_faults_of(self.path):
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.path

    def put(self, draft: Path, name: str) -> None:
        with disk_faults_of(self.path):
            # Never over another one.
            os.link(draft, self.path / name)
            draft.unlink()
            folder = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def names(self) -> list[str]:
        if not self.path.is_dir():
            return []
        return sorted(name for name in os.listdir(self.path) if NAME.fullmatch(name))

    def fetch(self, name: str, into: Path) -> Path:
        path = self.path / name
        if not path.is_file():
            raise BackupFailed(f"There is no backup {path}.")
        return path

    def delete(self, name: str) -> None:
        with disk_faults_of(self.path):
            (self.path / name).unlink(missing_ok=True)


def place(given: Path | str) -> Place:
    """
    Raises:
        BackupFailed: It is in a bucket and boto3 is missing.
    """
    if isinstance(given, str) and given.startswith("s3://"):
        from cfsite.operations.backups.s3 import Bucket

        bucket, _, prefix = given.removeprefix("s3://").partition("/")
        return Bucket(bucket, prefix.strip("/"), settings.DATA_DIR)
    return Folder(Path(given).expanduser().resolve())


def find(given: str) -> tuple[Place, str]:
    """The backup that a person names: a file, or the newest one of a folder or bucket.

    Raises:
        BackupFailed: There is none.
    """
    parent, _, name = given.rstrip("/").rpartition("/")
    if given.startswith("s3://") and name.endswith(".tar.gz"):
        return place(parent), name
    path = Path(given).expanduser()
    if not given.startswith("s3://") and not path.is_dir():
        if not path.is_file():
            raise BackupFailed(f"There is no backup {path}.")
        return Folder(path.resolve().parent), path.name
    where = place(given)
    names = where.names()
    if not names:
        raise BackupFailed(f"There is no backup in {where}.")
    return where, names[-1]
