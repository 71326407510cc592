"""What a web process costs until it has answered its first pages, for benchmarks/scale_serving.py.

    python benchmarks/web/fresh_process.py SESSION PATH...

Prints JSON: for the start and each page the processor and wall time in milliseconds, and the memory
of its own (anonymous) in MB afterwards.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def own_megabytes() -> float:
    text = Path("/proc/self/smaps_rollup").read_text()
    return int(re.findall(r"^Anonymous:\s+(\d+)", text, re.MULTILINE)[0]) / 1000


def measured(work: Callable[[], Any]) -> dict[str, float]:
    processor, wall = time.process_time(), time.perf_counter()
    work()
    return {
        "processor": 1000 * (time.process_time() - processor),
        "wall": 1000 * (time.perf_counter() - wall),
        "own": own_megabytes(),
    }


def start() -> None:
    import cfsite.wsgi  # noqa: F401


def main() -> None:
    session, *paths = sys.argv[1:]
    figures = {"start": measured(start)}
    from django.conf import settings
    from django.test import Client

    client = Client(headers={"Host": "localhost"})
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    client.handler.load_middleware()  # a server has done that at its start
    for path in paths:

        def get(path: str = path) -> None:
            if (status := client.get(path).status_code) != 200:
                raise RuntimeError(f"{path}: {status}")

        figures[path] = measured(get)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
