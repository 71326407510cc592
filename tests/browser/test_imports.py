"""Ratings brought from another site: upload, preview, import, list, undo."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from movies.models import Movie, PersonalImport, Rating
from movies.my_imports import lifecycle
from tests.browser.conftest import Watched
from tests.movies.my_imports import exports

pytestmark = [pytest.mark.browser, pytest.mark.slow]

N_FILMS = 12


@pytest.fixture
def export(catalogue: list[Movie]) -> dict[str, Any]:
    """A Letterboxd zip of some of the catalogue's films, and one that it lacks."""
    rows = "".join(
        f"2020-01-{number + 1:02},{movie.title},{movie.year},https://boxd.it/{number},4\n"
        for number, movie in enumerate(catalogue[:N_FILMS])
    )
    text = f"Date,Name,Year,Letterboxd URI,Rating\n{rows}2020-02-01,Elsewhere,1999,u,3\n"
    content = exports.zip_file({"ratings.csv": text}).getvalue()
    return {"name": "letterboxd.zip", "mimeType": "application/zip", "buffer": content}


def fits(page: Page) -> None:
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (390, False)])
def test_upload_preview_import_list_undo(
    window: Watched,
    alice: User,
    catalogue: list[Movie],
    export: dict[str, Any],
    width: int,
    scripts: bool,
) -> None:
    viewport = {"width": width, "height": 900}
    page = window.open(alice, viewport=viewport, java_script_enabled=scripts)
    page.goto("/me/ratings/")
    page.get_by_role("link", name="Import your ratings").click()
    page.get_by_label("File").set_input_files(export)
    page.get_by_role("button", name="Upload and preview").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Import from Letterboxd")
    expect(page.locator("main")).to_contain_text("1 movie is not in the catalogue.")
    if scripts:
        fits(page)
    assert not Rating.objects.of(alice).exists()

    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Importing from Letterboxd")
    work(page, scripts)
    page.get_by_role("link", name=f"See your picks from {N_FILMS} ratings").click()
    expect(page).to_have_url(re.compile("/$"))
    assert Rating.objects.of(alice).count() == N_FILMS

    page.goto("/me/import/")
    page.get_by_role("link", name=re.compile("^Letterboxd,")).click()
    page.get_by_role("button", name="Undo this import").click()
    work(page, scripts)
    expect(page.get_by_role("heading", level=1)).to_have_text("The import was undone")
    assert not Rating.objects.of(alice).exists()


def work(page: Page, scripts: bool) -> None:
    """What the worker does; the page notices by itself, or by a look again."""
    assert lifecycle.run(PersonalImport.objects.get())
    if not scripts:
        page.get_by_role("link", name="Check again").click()
