"""The site's Celery application, with a line in the data folder for each tick that is over."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from celery import signals

from cfsite.celery import app

__all__ = ["app"]


@signals.task_postrun.connect
def note(task: Any = None, **_named: Any) -> None:
    if task.name == "recommender.tasks.refit_if_due":
        with Path(os.environ["CFSITE_DATA_DIR"], "ticks").open("a") as file:
            file.write("tick\n")
