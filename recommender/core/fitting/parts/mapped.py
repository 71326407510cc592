"""Arrays in files without a name, for data too large to keep in memory.

The system writes them out when memory gets short and reads them again when they are needed. Their
space on disk is free again as soon as the array is, however the process ends. Set TMPDIR to say
where.
"""

from __future__ import annotations

import tempfile
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Array = TypeVar("Array", bound=npt.NDArray[Any])


def mapped(array: Array) -> Array:
    """A copy in a file."""
    if not array.size:
        return array
    with tempfile.TemporaryFile(prefix="fit-") as file:
        copy = np.memmap(file, array.dtype, "w+", shape=array.shape)
    copy[:] = array
    return copy.view(np.ndarray)  # type: ignore[return-value]
