"""The folder for what is stored outside the database, and the secret key in it."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from cfsite.environment import SHORTEST_KEY, InvalidEnvironment

KEY_FILE = "secret_key"


def make(folder: Path) -> None:
    """Make it if needed.

    Raises:
        InvalidEnvironment: It cannot be made, or this user may not write to it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(f"{folder} cannot be made", error) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _unusable(f"{folder} cannot be written to")


def secret_key(folder: Path) -> str:
    """The key in the folder, drawn at the first start.

    Raises:
        InvalidEnvironment: The key cannot be written or read, or it is too short.
    """
    path = folder / KEY_FILE
    try:
        if not path.exists():
            _write_new_key(path)
        key = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(f"the secret key in {path} cannot be written or read", error) from error
    if len(key) < SHORTEST_KEY:
        raise InvalidEnvironment(
            [
                f"The secret key in {path} has {len(key)} characters instead of {SHORTEST_KEY} or"
                " more (cfsite.E003). Restore it from a backup, or delete the file: a new one is"
                " made, and everybody has to log in again."
            ]
        )
    return key


def _write_new_key(path: Path) -> None:
    """Whole or not at all: a full disk must leave no half of a key.

    Of two processes that start together one links its key, and both read that one.
    """
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}-") as draft:
        draft.write(secrets.token_urlsafe(64))
        draft.flush()
        os.fsync(draft.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft.name, path)


def _unusable(what: str, error: Exception | None = None) -> InvalidEnvironment:
    reason = getattr(error, "strerror", None) or (str(error) if error else "")
    said = f"{what}: {reason}" if reason else what
    return InvalidEnvironment(
        [f"CFSITE_DATA_DIR must be a folder that this user can write to; {said}."]
    )
