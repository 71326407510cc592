"""Manifest, service worker and offline page."""

import json
import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.test import Client


def test_it_works(client: Client, db: None) -> None:
    assert '<link rel="manifest" href="/manifest.webmanifest"' in (
        client.get("/movies/").content.decode()
    )
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    said = json.loads(answer.content)
    assert {"name", "short_name", "start_url", "display", "icons"} <= said.keys()
    assert {icon["purpose"] for icon in said["icons"]} == {"any", "maskable"}
    for icon in said["icons"]:
        file = Path(finders.find(icon["src"].removeprefix("/static/"))).read_bytes()
        width = int.from_bytes(file[16:20], "big")
        assert icon["sizes"] == f"{width}x{width}"


def test_it_speaks_the_visitors_language(client: Client, db: None) -> None:
    english = client.get("/manifest.webmanifest").json()
    said = client.get("/manifest.webmanifest", headers={"accept-language": "de"}).json()
    assert said["lang"] == "de"
    assert said["name"] != english["name"]
    assert said["description"] != english["description"]
    assert [one["name"] for one in said["shortcuts"]] != [
        one["name"] for one in english["shortcuts"]
    ]


def test_it_speaks_the_language_that_was_chosen(client: Client, db: None) -> None:
    """Pages ask for the manifest with their cookies, else it could not know."""
    page = client.get("/movies/").content.decode()
    assert 'href="/manifest.webmanifest" crossorigin="use-credentials"' in page
    client.post("/language/", {"language": "fr"})
    assert client.get("/manifest.webmanifest").json()["lang"] == "fr"


def test_its_shortcuts_lead_to_pages(alices_client: Client) -> None:
    said = alices_client.get("/manifest.webmanifest").json()
    assert len(said["shortcuts"]) == 3
    for one in said["shortcuts"]:
        assert alices_client.get(one["url"]).status_code == 200
        assert one["url"].startswith(said["scope"])


def test_the_worker_keeps_what_is_nobodys(client: Client, db: None) -> None:
    answer = client.get("/service-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    kept = json.loads(re.search(r"KEPT = (\[.*?\]);", answer.content.decode())[1])
    assert "/offline/" in kept
    assert all(path.startswith("/static/") or path == "/offline/" for path in kept)
    for path in kept:
        if path.startswith("/static/"):
            assert finders.find(path.removeprefix("/static/")), path


def test_the_offline_page_names_nobody(alices_client: Client) -> None:
    page = alices_client.get("/offline/").content
    assert b"You're offline" in page
    assert b"alice" not in page
    assert page == Client().get("/offline/").content
