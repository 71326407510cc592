"""What an operator is told when a backup or restore cannot be done."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FULL = {errno.ENOSPC, errno.EDQUOT}
CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}


class BackupFailed(Exception):
    """With a sentence on what is wrong and what to do."""


@contextmanager
def disk_faults_of(folder: Path) -> Iterator[None]:
    """Raises BackupFailed for what a disk may answer while something is written to `folder`."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            said = f"The disk is full: {folder} has no room for it. Nothing partial was left there."
        elif error.errno in CLOSED:
            said = f"{error.filename or folder} cannot be written: {error.strerror}."
        else:
            said = f"{error.filename or folder}: {error.strerror or error}"
        raise BackupFailed(said) from error
