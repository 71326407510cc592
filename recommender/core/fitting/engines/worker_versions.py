"""Versions that must be the same wherever tasks of a fit run, or its bytes are not."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numba
import numpy as np

_CORE = Path(__file__).resolve().parents[2]


class Versions(NamedTuple):
    """What a worker has."""

    python: str
    numpy: str
    numba: str
    code: str  # of recommender.core


@cache
def versions() -> Versions:
    """Those of this process."""
    digest = hashlib.sha256()
    for path in sorted(_CORE.rglob("*.py")):
        digest.update(path.relative_to(_CORE).as_posix().encode() + b"\0" + path.read_bytes())
    code = digest.hexdigest()[:12]
    return Versions(platform.python_version(), np.__version__, numba.__version__, code)


def different(here: Versions, there: Versions) -> str | None:
    """How they differ, or None."""
    for name, own, other in zip(Versions._fields, here, there, strict=True):
        if own != other:
            what = "the code of recommender.core" if name == "code" else name
            return f"it has {what} {other}, this process {own}"
    return None
