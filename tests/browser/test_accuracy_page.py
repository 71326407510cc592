"""The accuracy page in a browser: no faults, nothing cut off, all within reach of the keys."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating
from recommender.models import LoggedPrediction, TrainingRun
from tests.browser.conftest import Watched
from tests.browser.test_accessibility import seen_from_everywhere
from tests.recommender.accuracy.conftest import make_evaluation, measured, measured_once
from tests.site import eventually

__all__ = ["measured", "measured_once"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def full_page(db: None, catalogue: list[Movie], measured: dict[str, Any]) -> None:
    run = TrainingRun.objects.create(state="ready", is_active=True, activated_at=timezone.now())
    table = measured | {"limits": {"people_for_lists": 2000}}
    table["by_given"][1]["contestants"][3]["stars"]["model"]["verdict"] = "behind"
    make_evaluation(run, table)
    for user in User.objects.all()[:6]:
        for number, rating in enumerate(Rating.objects.of(user)[:20]):
            LoggedPrediction.objects.create(
                user=user, movie=rating.movie, run=run, predicted=1.2 + number / 6,
                half_stars=rating.half_stars, prediction_shown=number % 2 == 0,
                rated_at=rating.rated_at,
            )  # fmt: skip


def test_no_faults(window: Watched, full_page: None) -> None:
    page = window.open()
    page.goto("/accuracy/")
    page.get_by_text("Show as a table").click()
    page.get_by_text("How simpler methods compare", exact=True).click()
    assert page.locator(".plot").count() == 3
    assert list(seen_from_everywhere(page)) == []


def test_every_row_of_a_table_is_a_row(window: Watched, full_page: None) -> None:
    """No stylesheet of another page lays one out as something else."""
    page = window.open()
    page.goto("/accuracy/")
    rows = page.locator("tr.user-counts")
    assert rows.count() == 2
    for row in rows.all():
        assert row.evaluate("row => row.cells[1].offsetTop == row.cells[2].offsetTop")
    shown = "rows => rows.map(row => getComputedStyle(row).display)"
    assert set(page.locator(".figures tr").evaluate_all(shown)) == {"table-row"}


def test_wide_tables_scroll_by_the_keys_on_a_narrow_screen(
    window: Watched, full_page: None
) -> None:
    page = window.open(viewport={"width": 320, "height": 700})
    page.goto("/accuracy/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    table = page.get_by_role("region", name="List quality")
    table.focus()
    page.keyboard.press("ArrowRight")
    eventually(lambda: table.evaluate("table => table.scrollLeft > 0"), 10, "the scrolling")
