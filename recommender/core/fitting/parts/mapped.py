"""Arrays in files without a name, for data too large to keep in memory.

The system writes them out when memory gets short and reads them again when they are needed. Their
space on disk is free again as soon as the array is, however the process ends. Set TMPDIR to say
where.
"""

from __future__ import annotations

import tempfile
from typing import Any

import numpy as np


def mapped(value: Any) -> Any:
    """A copy in files: of an array, or of all arrays in a tuple."""
    if isinstance(value, tuple):
        copies = map(mapped, value)
        return type(value)(*copies) if hasattr(value, "_fields") else tuple(copies)
    if not isinstance(value, np.ndarray) or not value.size:
        return value
    with tempfile.TemporaryFile(prefix="fit-") as file:
        copy = np.memmap(file, value.dtype, "w+", shape=value.shape)
    copy[:] = value
    return copy.view(np.ndarray)
