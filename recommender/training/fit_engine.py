"""Where fits run: in this process, or on the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from django.conf import settings

if TYPE_CHECKING:
    from recommender.core.fitting.engines import Engine

Name = Literal["local", "dask"]
NAMES: tuple[Name, ...] = ("local", "dask")


class NoScheduler(Exception):
    """Fits shall run on a Dask cluster, and the settings name none."""


@contextmanager
def fit_engine(name: Name | None = None) -> Iterator[Engine | None]:
    """The engine of this name, by default that of the settings; None for this process.

    Raises:
        NoScheduler
        ImportError: `distributed` is not installed.
        ClusterLost: no scheduler or no worker answers.
        ValueError: a worker has other versions than this process, or does not see the folder.
    """
    if (name or settings.FIT_ENGINE) == "local":
        yield None
        return
    from recommender.core.fitting.engines.dask import Dask

    if not settings.DASK_SCHEDULER:
        raise NoScheduler("DASK_SCHEDULER is not set, so there are no workers to fit on")
    with Dask(settings.DASK_SCHEDULER, folder=settings.FIT_FOLDER) as engine:
        yield engine
