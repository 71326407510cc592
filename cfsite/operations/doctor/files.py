"""What lies on the disk: data folder, space, collected static files."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

from cfsite.data_folder import KEY_FILE
from cfsite.operations.doctor.findings import Finding, fail, warn, well

# Below the first, a refit or an upload may fail at any time.
MB = 1_000_000
LITTLE_SPACE = 100 * MB
NAMED = 3  # of files, in one finding


def permissions() -> Iterator[Finding]:
    """Everything there belongs to this user, and nobody else reads the secret key."""
    foreign = _not_writable(settings.DATA_DIR)
    if foreign:
        names = ", ".join(str(path) for path in foreign[:NAMED])
        more = f" and {len(foreign) - NAMED} more" if len(foreign) > NAMED else ""
        fix = f"As root: chown -R {_user()} {settings.DATA_DIR}. Run manage.py as that user only."
        yield fail("permissions", f"{_user()} cannot write to {names}{more}", fix)
    key = settings.DATA_DIR / KEY_FILE
    if key.exists() and key.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield fail("permissions", f"Others can read {key}", f"chmod 600 {key}")
    elif not foreign:
        yield well("permissions", f"{settings.DATA_DIR} belongs to {_user()}")


def _not_writable(folder: Path) -> list[Path]:
    """The folder and two levels below; what is deeper is made by the same user."""
    paths = [folder, *folder.glob("*"), *folder.glob("*/*")]
    return [path for path in paths if not path.is_symlink() and not os.access(path, os.W_OK)]


def _user() -> str:
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):  # Windows; a container's user without a name
        return str(getattr(os, "getuid", lambda: "this user")())


def disk() -> Iterator[Finding]:
    usage = shutil.disk_usage(settings.DATA_DIR)
    said = f"{usage.free // MB} MB free of {usage.total // MB} in {settings.DATA_DIR}"
    fix = "Make space: old backups and logs first, then data sets under data/ in that folder."
    if usage.free < LITTLE_SPACE:
        yield fail("disk", said, fix)
    elif usage.free < settings.ALERT_DISK_MB * MB:
        yield warn("disk", said, fix)
    else:
        yield well("disk", said)


def model_files() -> Iterator[Finding]:
    """Whether the web processes of this host can share the movie factors of the next run."""
    folder = settings.MODEL_DIR
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    fix = (
        "Make it writable, make space, or set CFSITE_MODEL_DIR to another folder; without it each"
        " web process holds the movie factors in memory of its own."
    )
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        yield warn("model files", f"{_user()} cannot write to {existing}", fix)
        return
    free = shutil.disk_usage(existing).free
    used = sum(path.stat().st_size for path in folder.glob("*/*.npy"))
    if free < max(LITTLE_SPACE, used):
        yield warn("model files", f"{free // MB} MB free in {existing}", fix)
    else:
        yield well("model files", f"{used // MB} MB in {folder}")


def static_files() -> Iterator[Finding]:
    """Whether what `collectstatic` collected is there and belongs to this version."""
    fix = "Run: manage.py collectstatic --no-input, and restart the web processes."
    root = Path(settings.STATIC_ROOT)
    # Only a site that hashes its files needs them collected: not runserver with CFSITE_DEBUG.
    if settings.DEBUG:
        yield well("static files", "served from the source (CFSITE_DEBUG)")
        return
    try:
        collected = json.loads((root / "staticfiles.json").read_text())["paths"]
    except FileNotFoundError:
        yield fail("static files", f"none are collected in {root}", fix)
        return
    except (OSError, ValueError, KeyError) as error:
        yield fail("static files", f"{root}/staticfiles.json cannot be read: {error}", fix)
        return
    missing = [name for name in _of_this_version() if name not in collected]
    lost = [name for name in collected.values() if not (root / name).exists()]
    if missing or lost:
        said = (
            f"{(missing or lost)[0]} and {len(missing) + len(lost) - 1} more are missing in {root}"
        )
        yield fail("static files", said, fix)
    else:
        yield well("static files", f"{len(collected)} collected in {root}")


def _of_this_version() -> set[str]:
    return {name for finder in get_finders() for name, _storage in finder.list([])}
