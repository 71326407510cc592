"""The movie factors of a run as files that all processes of a host map into memory.

The first process that needs a run reads it from the database and writes its arrays. All others map
them: the pages are in memory once, and opening them takes milliseconds. The files are a cache:
whatever is wrong with them, they are written again.

    lock                    held by a process that opens, writes or removes files
    RUN/about.json          what the run's arrays are, with their checksums
    RUN/*.npy               one file an array, as numpy writes it
    RUN/checked             which files were compared with their checksums since the host's start

A process holds a shared lock on the `about.json` of the run it uses, so that no other removes it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import logging
import re
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recommender.core import ItemFactors
from recommender.merged_movies import Merges
from recommender.models import TrainingRun

logger = logging.getLogger(__name__)

# Part of the name, so that versions of the code with other arrays do not read each other's.
LAYOUT = 1
ABOUT, CHECKED, LOCK, DRAFT = "about.json", "checked", "lock", ".draft-"
_OWN_NAME = re.compile(rf"{re.escape(DRAFT)}.+|\d+-\d+-\d+-[0-9a-f]{{16}}")
# Seconds to wait for another process, which reads a million movies in about ten. Web servers end a
# request after thirty.
LONGEST_WAIT = 20.0
_PAUSE = 0.02
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Damaged(Exception):
    """Files that are not as they were written."""


@dataclass(frozen=True)
class MovieSide:
    """A run's movies, without those merged into others since."""

    items: ItemFactors
    fitted_as: Mapping[int, int]  # as of `Merges.apply`


def load(
    folder: Path, run: TrainingRun, merges: Merges, read: Callable[[], MovieSide]
) -> MovieSide:
    """The run's movies from the files in `folder`, which are written if needed.

    Where that is not possible (full disk, read-only folder), what `read` returned.
    """
    found = None
    try:
        with _locked(folder):
            path = folder / _name(run, merges)
            if (side := _opened(path)) is not None:
                return side
            found = read()
            _write(path, found)
            _remove_unused(folder, path)
            return _open(path)
    except (OSError, Damaged) as error:
        logger.warning("Movie factors are not shared with other processes: %s", error)
    return found or read()


def _name(run: TrainingRun, merges: Merges) -> str:
    """After a restored backup another run, or another merge, may have the same number."""
    identity = [run.summary, str(run.started_at), sorted(merges.survivors.items())]
    digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
    return f"{LAYOUT}-{run.pk}-{merges.version}-{digest[:16]}"


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("ab") as lock:
        end = time.monotonic() + LONGEST_WAIT
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise TimeoutError(f"{folder / LOCK} is held by another process") from None
                time.sleep(_PAUSE)
        yield


def _opened(path: Path) -> MovieSide | None:
    """None if there are no files of this run, or none that can be used."""
    if not path.exists():
        return None
    try:
        return _open(path)
    except (OSError, Damaged) as error:
        logger.warning("Files of movie factors in %s are written again: %s", path, error)
        shutil.rmtree(path)
        return None


def _open(path: Path) -> MovieSide:
    in_use = (path / ABOUT).open("rb")
    try:
        fcntl.flock(in_use, fcntl.LOCK_SH)
        about = _read_about(in_use.read())
        _check(path, about["checksums"])
        arrays = {name: _mapped(path, name) for name in about["checksums"]}
        items = ItemFactors.from_arrays(arrays, about["summary"])
        fitted_as = {int(survivor): pk for survivor, pk in about["fitted_as"].items()}
    except (ValueError, KeyError, TypeError, EOFError) as error:
        in_use.close()
        raise Damaged(str(error)) from error
    except BaseException:
        in_use.close()
        raise
    weakref.finalize(items, in_use.close)
    return MovieSide(items, fitted_as)


def _mapped(path: Path, name: str) -> np.ndarray:
    """A plain array on mapped memory: numpy's `memmap` makes every slice slower."""
    return np.asarray(np.load(path / f"{name}.npy", mmap_mode="r"))


def _write(path: Path, side: MovieSide) -> None:
    """All files or none."""
    draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=path.parent))
    try:
        arrays = side.items.arrays()
        for name, array in arrays.items():
            np.save(draft / f"{name}.npy", array, allow_pickle=False)
        about = {
            "summary": side.items.summary(),
            "fitted_as": side.fitted_as,
            "checksums": {name: _checksum(draft, name) for name in arrays},
        }
        (draft / ABOUT).write_bytes(_written_about(about))
        (draft / CHECKED).write_text(_state(draft))
        draft.rename(path)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _written_about(about: dict[str, Any]) -> bytes:
    body = json.dumps(about).encode()
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def _read_about(written: bytes) -> dict[str, Any]:
    checksum, _, body = written.partition(b"\n")
    if checksum.decode() != hashlib.sha256(body).hexdigest():
        raise Damaged(f"{ABOUT} differs from its checksum")
    return json.loads(body)


def _check(path: Path, checksums: Mapping[str, str]) -> None:
    """Compare the arrays with their checksums, unless a process of this host has.

    At a million movies that takes half a second. Files written to since, or left behind by a host
    that lost its power, are compared again.
    """
    state = _state(path)
    if (path / CHECKED).exists() and (path / CHECKED).read_text() == state and _BOOT_ID.exists():
        return
    for name, checksum in checksums.items():
        if _checksum(path, name) != checksum:
            raise Damaged(f"{name}.npy differs from its checksum")
    (path / CHECKED).write_text(state)


def _checksum(path: Path, name: str) -> str:
    with (path / f"{name}.npy").open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _state(path: Path) -> str:
    """The host's start, and size and time of each array."""
    boot = _BOOT_ID.read_text().strip() if _BOOT_ID.exists() else ""
    stats = ((file.name, file.stat()) for file in sorted(path.glob("*.npy")))
    return json.dumps([boot, *([name, stat.st_size, stat.st_mtime_ns] for name, stat in stats)])


def _remove_unused(folder: Path, kept: Path) -> None:
    """Files of other runs that no process uses, and what a killed process left half written."""
    for path in folder.iterdir():
        if _OWN_NAME.fullmatch(path.name) and path != kept and not _is_used(path):
            shutil.rmtree(path, ignore_errors=True)


def _is_used(path: Path) -> bool:
    try:
        with (path / ABOUT).open("rb") as about:
            fcntl.flock(about, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
