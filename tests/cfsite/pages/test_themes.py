"""The light and the dark theme, chosen in the footer."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from cfsite.pages.themes import PAPER

PATHS = ["/", "/movies/", "/accounts/login/", "/offline/", "/no-such-page/"]


def opening(client: Client, path: str = "/movies/") -> str:
    html = client.get(path).content.decode()
    return re.search(r"<html[^>]*>", html)[0]


@pytest.mark.django_db
def test_it_works(client: Client) -> None:
    assert "class" not in opening(client)
    answer = client.post("/theme/", {"theme": "dark", "next": "/movies/?q=x"})
    assert answer.status_code == 302
    assert answer["Location"] == "/movies/?q=x"
    cookie = answer.cookies["theme"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] > 300 * 24 * 3600
    for path in PATHS:
        assert 'class="theme-dark"' in opening(client, path), path


@pytest.mark.django_db
def test_the_device_decides_again(client: Client) -> None:
    client.post("/theme/", {"theme": "light"})
    assert 'class="theme-light"' in opening(client)
    client.post("/theme/", {"theme": ""})
    assert "class" not in opening(client)


@pytest.mark.django_db
def test_what_holds_is_marked_and_the_browser_told(client: Client) -> None:
    html = client.get("/movies/").content.decode()
    assert re.search(r'name="theme" value=""[^>]* aria-current="true"', html)
    assert html.count('name="theme-color"') == 2
    client.post("/theme/", {"theme": "dark"})
    html = client.get("/movies/").content.decode()
    assert re.findall(r'name="theme" value="(\w*)"[^>]* aria-current="true"', html) == ["dark"]
    assert re.findall(r'name="theme-color" content="([^"]+)"', html) == [PAPER["dark"]]
    manifest = client.get("/manifest.webmanifest")
    assert manifest.json()["theme_color"] == PAPER["dark"]
    assert "Cookie" in manifest["Vary"]


@pytest.mark.parametrize("path", PATHS[:3])
def test_no_cache_between_gives_one_persons_theme_to_another(
    client: Client, db: None, path: str
) -> None:
    answer = client.get(path)
    assert "Cookie" in answer["Vary"]
    assert "public" not in answer.get("Cache-Control", "")


@pytest.mark.parametrize("theme", ["black", "dark light", '"><script>', "x" * 5000])
def test_a_theme_that_does_not_exist_is_refused(client: Client, db: None, theme: str) -> None:
    answer = client.post("/theme/", {"theme": theme})
    assert answer.status_code == 400
    assert "theme" not in answer.cookies


def test_a_forged_cookie_writes_nothing(client: Client, db: None) -> None:
    client.cookies["theme"] = "x onload=1"
    assert "class" not in opening(client)
    assert "onload" not in opening(client)


@pytest.mark.parametrize("address", ["https://other.example/", "//other.example", "", "\\x"])
def test_it_leads_to_no_other_site(client: Client, db: None, address: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": address})["Location"] == "/"


def test_only_a_form_of_ours_chooses(db: None) -> None:
    assert Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"}).status_code == 403
    assert Client().get("/theme/?theme=dark").status_code == 405


def test_the_frame_has_the_colour_of_the_paper() -> None:
    tokens = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
    assert f"--paper: light-dark({PAPER['light']}, {PAPER['dark']});" in tokens


def test_errors_keep_to_it_too(client: Client, db: None, settings: object) -> None:
    client.cookies["theme"] = "dark"
    settings.MAINTENANCE = True
    answer = client.get("/movies/")
    assert answer.status_code == 503
    assert b'class="theme-dark"' in answer.content
