"""Memory of a worker that refits again and again, and of a web process that answers."""

from __future__ import annotations

from pathlib import Path

import psutil

from accounts.models import User
from movies.models import Movie
from recommender.models import TrainingRun
from recommender.training import refit
from tests.faults import children
from tests.faults.counts import SOAK, report, times
from tests.site import running_site
from tests.web_processes.conftest import Caller, start

GROWTH = 0.05
SETTINGS = "tests.faults.site_settings"


def resident_after_refits(n: int) -> list[int]:
    """Resident bytes of one process after each of n refits."""
    resident = []
    for seed in range(n):
        assert refit.refit(seed=seed).state == TrainingRun.State.READY
        resident.append(psutil.Process().memory_info().rss)
    return resident


def growth(settled: int, last: int) -> float:
    return last / settled - 1


def test_a_worker_that_refits_again_and_again(fitted: TrainingRun) -> None:
    refits = times(5, 50)
    resident = children.result_of(resident_after_refits, refits)
    settled = resident[refits // 5]
    report(
        f"{refits} refits: {settled / 1e6:.0f} MB after {refits // 5 + 1}, "
        f"{resident[-1] / 1e6:.0f} MB in the end"
    )
    assert growth(settled, resident[-1]) < GROWTH


def test_a_web_process_that_answers_page_after_page(
    tmp_path: Path, fitted: TrainingRun, even_fan: User, two_tastes: list[Movie]
) -> None:
    views = times(100, 10_000)
    pages = [f"/movies/{movie.pk}/" for movie in two_tastes]
    pages = ["/", "/movies/", "/me/ratings/", "/me/taste/", "/movies/?q=movie", *pages]
    (tmp_path / "static").mkdir()
    with running_site(tmp_path, REDIS_URL="", DJANGO_SETTINGS_MODULE=SETTINGS) as site:
        caller = Caller(start(site, workers=1), even_fan)
        (web,) = psutil.Process(site._processes[0].pid).children()
        resident = []
        for turn in range(views):
            status, _ = caller.call("GET", pages[turn % len(pages)])
            assert status in {200, 301, 302}
            resident.append(web.memory_info().rss)
    settled = resident[views // 5 if SOAK else views // 2]
    report(f"{views} pages: {settled / 1e6:.0f} MB settled, {resident[-1] / 1e6:.0f} MB in the end")
    assert growth(settled, resident[-1]) < GROWTH
