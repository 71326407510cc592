"""Loading the arrays of a run, counted and slowed down."""

import threading
import time
from collections.abc import Callable

from django.db import connection

from recommender import store
from recommender.core import ItemFactors
from recommender.models import TrainingRun
from recommender.serving.model_cache import Model

THREADS = 12


class Loader:
    """Loads as the site does, counting, and as slowly as a test wants."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.loads: list[int] = []
        self.seconds = seconds
        self.problem: Exception | None = None
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.may_end.set()

    def __call__(self, run: TrainingRun) -> ItemFactors:
        self.loads.append(run.pk)
        self.begun.set()
        assert self.may_end.wait(30)
        time.sleep(self.seconds)
        if self.problem:
            raise self.problem
        return store.load_items(run)


def in_thread(call: Callable[[], Model | None]) -> Model | None:
    """`call`, leaving no database connection behind."""
    try:
        return call()
    finally:
        connection.close()
