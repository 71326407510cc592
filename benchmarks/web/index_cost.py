"""Time and memory of a web process's search index, for benchmarks/search.py.

    python benchmarks/web/index_cost.py

Prints JSON: processor time to build each part, and how much the process grew by all of them.
"""

from __future__ import annotations

import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import django

django.setup()

from movies.models import Movie  # noqa: E402
from movies.search import descriptions, people  # noqa: E402
from movies.search import index as catalogue_index  # noqa: E402

TIMES = 5


def resident() -> float:
    """Resident megabytes of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def milliseconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return 1000 * (time.process_time() - began)


def measured() -> dict[str, float]:
    Movie.objects.first()  # memory of the first query is not the index's
    before = resident()
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(TIMES):
        for part in (catalogue_index, people, descriptions):
            part.forget()
        taken["facts_ms"].append(milliseconds(catalogue_index.current))
        index = catalogue_index.current()
        taken["titles_ms"].append(
            milliseconds(lambda index=index: (index.words, index.trigrams, index.lines))
        )
        taken["people_ms"].append(milliseconds(people.current))
        taken["descriptions_ms"].append(milliseconds(descriptions.current))
        grown = resident() - before
    medians = {part: statistics.median(values) for part, values in taken.items()}
    return {**medians, "megabytes": grown}


if __name__ == "__main__":
    print(json.dumps(measured()))
