"""The site's WSGI application, with a line in the data folder for each load of a run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from cfsite.wsgi import application
from recommender.models import TrainingRun
from recommender.serving import model_cache

__all__ = ["application"]

_load = model_cache._cache._load


def _counted(run: TrainingRun) -> Any:
    with Path(os.environ["CFSITE_DATA_DIR"], "loads").open("a") as file:
        file.write(f"{os.getpid()} {run.pk}\n")
    return _load(run)


model_cache._cache._load = _counted
