"""Runs switched while four processes answer: no answer mixes two, one of the four loads each."""

from __future__ import annotations

import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from accounts.models import User
from movies.models import Movie
from recommender.models import TrainingRun
from recommender.training import refit
from tests.faults.counts import report, times
from tests.faults.writers import percentile_99
from tests.site import eventually, running_site
from tests.web_processes.conftest import Caller, start

PROCESSES, READERS, A_SECOND = 4, 5, 50
UNLIMITED = {f"CFSITE_API_RATE_{who}": "99999/min" for who in ("MEMBER", "ANONYMOUS")}


class Reader(threading.Thread):
    """Reads recommendations again and again, not faster than its part of the pace."""

    def __init__(self, caller: Caller, known: dict[int, dict]) -> None:
        super().__init__(daemon=True)
        self.caller, self.known = caller, known
        self.answers: Counter[str] = Counter()
        self.seconds: list[float] = []
        self.runs: set[int] = set()
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.is_set():
            begin = time.monotonic()
            status, answer = self.caller.call("GET", "/api/v1/recommendations/?n=40")
            self.seconds.append(time.monotonic() - begin)
            if status != 200:
                self.answers[str(status)] += 1
            else:
                whole = answer == self.known[answer["run"]]
                self.answers["whole" if whole else "mixed"] += 1
                self.runs.add(answer["run"])
            self.over.wait(max(0, READERS / A_SECOND - self.seconds[-1]))


def loads(folder: Path) -> Counter[str]:
    """How often each process has loaded a run from the database."""
    return Counter(line.split()[0] for line in (folder / "loads").read_text().splitlines())


@pytest.fixture
def two_runs(two_tastes: list[Movie], fitted: TrainingRun) -> tuple[TrainingRun, TrainingRun]:
    second = refit.refit(seed=8)
    refit.activate(fitted)
    return fitted, second


def known_answers(caller: Caller, runs: tuple[TrainingRun, TrainingRun]) -> dict[int, dict]:
    known = {}
    for run in runs:
        refit.activate(run)
        eventually(lambda run=run: caller.recommendations(n=1)["run"] == run.pk, 60, "the switch")
        known[run.pk] = caller.recommendations(n=40)
    first, second = (known[run.pk]["results"] for run in runs)
    assert first != second
    return known


def test_no_answer_mixes_runs_and_one_process_loads_once_a_switch(
    tmp_path: Path, two_runs: tuple[TrainingRun, TrainingRun], even_fan: User
) -> None:
    switches = times(4, 10)
    (tmp_path / "static").mkdir()
    with running_site(tmp_path, REDIS_URL="", **UNLIMITED) as site:
        url = start(site, PROCESSES, application="tests.faults.counted_loads")
        alice = Caller(url, even_fan)
        known = known_answers(alice, two_runs)
        readers = [Reader(Caller(url, even_fan), known) for _ in range(READERS)]
        for reader in readers:
            reader.start()
        try:
            for turn in range(switches):
                run = two_runs[turn % 2]
                refit.activate(run)
                for reader in readers:
                    reader.runs = set()
                eventually(
                    lambda run=run: all(run.pk in reader.runs for reader in readers), 60, "answers"
                )
        finally:
            for reader in readers:
                reader.over.set()
            for reader in readers:
                reader.join()
        answers = sum((reader.answers for reader in readers), Counter())
        assert set(answers) == {"whole"}
        # Two when the known answers were read. A process may load its first run in vain, if that is
        # switched off meanwhile.
        assert sum(loads(tmp_path).values()) <= switches + 2 + PROCESSES
    seconds = [second for reader in readers for second in reader.seconds]
    report(
        f"{switches} switches, {PROCESSES} processes: {answers['whole']} whole answers, "
        f"{sum(loads(tmp_path).values())} loads, p99 {percentile_99(seconds):.2f} s"
    )
