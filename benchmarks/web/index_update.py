"""Processor time in which a process notices an edit, for benchmarks/scale_serving.py.

    python benchmarks/web/index_update.py

Prints JSON: medians in milliseconds, for one edited title and for an index built anew.
"""

from __future__ import annotations

import json
import statistics
import time

import django

django.setup()

from movies.models import Movie  # noqa: E402
from movies.search import index as catalogue_index  # noqa: E402

TIMES = 15


def milliseconds() -> float:
    began = time.process_time()
    index = catalogue_index.current()
    _ = index.words, index.lines, index.trigrams
    return 1000 * (time.process_time() - began)


def main() -> None:
    anew, edited = [], []
    for _ in range(5):
        catalogue_index.forget()
        anew.append(milliseconds())
    ids = Movie.objects.order_by("pk").values_list("pk", flat=True)[100 : 100 + TIMES]
    for number, pk in enumerate(ids):
        Movie.objects.filter(pk=pk).update(title_key=f"edited {number}")
        edited.append(milliseconds())
    print(json.dumps({"anew": statistics.median(anew), "edited": statistics.median(edited)}))


if __name__ == "__main__":
    main()
