"""Time and memory to load the active run, for benchmarks/scale_serving.py.

    python benchmarks/web/own_model.py FOLDER    mapped from files in a folder
    python benchmarks/web/own_model.py ""        in memory of the process's own

Prints JSON: processor and wall time in milliseconds, and how much the process's own memory grew, in
MB, with all arrays looked at and one list made.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import django

django.setup()

from fresh_process import measured, own_megabytes  # noqa: E402  (Django starts first)

from recommender.core import UserVector, score_items, top_n  # noqa: E402
from recommender.models import TrainingRun  # noqa: E402
from recommender.serving.model_cache import ModelCache  # noqa: E402


def main() -> None:
    folder = sys.argv[1]
    TrainingRun.objects.active()  # memory of the first query is not the model's
    before = own_megabytes()
    cache = ModelCache(folder=Path(folder) if folder else None)
    figures = measured(cache.active_model)
    items = cache.active_model().items
    top_n(score_items(items, UserVector.mean_of(items)), 24)
    for array in items.arrays().values():
        array.sum()
    print(json.dumps(figures | {"own": own_megabytes() - before}))


if __name__ == "__main__":
    main()
