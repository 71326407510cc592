"""The site goes by the name its operator gave it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import html5lib
import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from accounts.models import User
from cfsite import environment
from movies.models import Movie
from movies.movie_page.share_image import Share
from tests.pages.test_all_pages import looked_at
from tests.recommender.conftest import fitted, no_model_from_another_test, two_tastes

__all__ = ["fitted", "looked_at", "no_model_from_another_test", "two_tastes"]

NAME = "Filmklub Łódź"
MARKUP = 'Kino <b> & "Co"'
# Attributes that people see or hear.
SPOKEN = ("alt", "aria-label", "content", "placeholder", "title")

# Imports come from other sites that run cfsite, too, and facts from the file that it brings.
ABOUT_THE_SOFTWARE = {"about", "imports"}


@pytest.fixture
def named(settings: Any) -> str:
    settings.SITE_NAME = NAME
    settings.ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{NAME}] "
    return NAME


@pytest.fixture
def heat(make_movie: Callable[..., Movie]) -> Movie:
    return make_movie("Heat", 1995)


def texts_of(html: str) -> Iterator[str]:
    for element in html5lib.parse(html, namespaceHTMLElements=False).iter():
        if element.tag not in {"script", "style"}:
            yield element.text or ""
        yield element.tail or ""
        yield from (element.get(name, "") for name in SPOKEN)


@pytest.mark.slow
def test_no_page_has_another_name(looked_at: tuple[dict, dict], named: str) -> None:
    clients, by_who = looked_at
    found = {}
    for who, paths in by_who.items():
        for name, path in paths.items():
            html = clients[who].get(path).content.decode()
            title = html.partition("<title>")[2].partition("</title>")[0]
            assert named in title, (who, path)
            if name in ABOUT_THE_SOFTWARE:
                continue
            strays = [text.strip() for text in texts_of(html) if "cfsite" in text.lower()]
            if strays or title.count(named) != 1:
                found[f"{who}: {name}"] = strays
    assert found == {}


@pytest.mark.parametrize("path", ["/movies/999999/", "/service-worker.js", "/offline/"])
def test_errors_and_files_have_no_other_name(
    client: Client, db: None, named: str, path: str
) -> None:
    text = client.get(path).content.decode()
    assert "cfsite" not in text.replace('const VERSION = "cfsite-', "")


def test_the_manifest_has_it(client: Client, db: None, settings: Any) -> None:
    settings.SITE_NAME = MARKUP
    said = client.get("/manifest.webmanifest").json()
    assert said["short_name"] == MARKUP
    assert said["name"].startswith(MARKUP)


def test_mails_have_it(client: Client, alice: User, named: str) -> None:
    wanted = {"email": alice.email}, {"email": "nobody@example.org"}
    for form in wanted:
        client.post("/accounts/password/reset/", form)
    client.post(
        "/accounts/signup/",
        {"username": "carol", "email": "carol@example.org", "password1": "a fine old film"},
    )
    assert len(mail.outbox) == 3
    for sent in mail.outbox:
        assert sent.subject.startswith(f"[{named}] ")
        assert named in sent.body
        assert "cfsite" not in (sent.subject + sent.body).lower()


def test_it_is_escaped(client: Client, heat: Movie, settings: Any) -> None:
    settings.SITE_NAME = MARKUP
    html = client.get(heat.get_absolute_url()).content.decode()
    assert MARKUP not in html
    assert html.count("Kino &lt;b&gt; &amp; &quot;Co&quot;") == 3  # title, header, share tags
    drawn = ElementTree.fromstring(Share(heat).svg())
    assert MARKUP in {text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")}


def test_the_share_image_has_room_for_a_long_name(heat: Movie, settings: Any) -> None:
    before = Share(heat).key
    settings.SITE_NAME = "W" * environment.LONGEST_SITE_NAME
    drawn = ElementTree.fromstring(Share(heat).svg())
    line = next(text for text in drawn.iter() if text.text == settings.SITE_NAME)
    assert int(line.get("font-size", "44")) < 20
    assert Share(heat).key != before


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "must not be empty"),
        (" \t ", "must not be empty"),
        ("Film\nklub", "one line"),
        ("Film\u202eklub", "printable"),
        ("x" * 61, "has 61 characters"),
    ],
)
def test_an_unusable_name_is_refused(given: str, said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"CFSITE_NAME .*{said}"):
        environment.read({"CFSITE_NAME": given})


def test_what_is_made_of_it_at_the_start(tmp_path: Path) -> None:
    """Sender and subjects of mails, the API's documentation, the admin."""
    code = (
        "import django, json; django.setup()\n"
        "from django.conf import settings as s\nfrom django.contrib import admin\n"
        "import cfsite.urls\n"
        "print(json.dumps([s.DEFAULT_FROM_EMAIL, s.ACCOUNT_EMAIL_SUBJECT_PREFIX,"
        " s.SPECTACULAR_SETTINGS['TITLE'], admin.site.site_header, admin.site.site_title]))"
    )
    environment: dict[str, Any] = {**os.environ, "CFSITE_NAME": " Kino, Ltd. ", "PYTHONPATH": "."}
    environment |= {"CFSITE_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "cfsite.settings"}
    answer = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=True, text=True
    )
    sender, prefix, *titles = json.loads(answer.stdout)
    assert sender == '"Kino, Ltd." <noreply@127.0.0.1>'
    assert prefix == "[Kino, Ltd.] "
    assert titles == ["Kino, Ltd. API", "Kino, Ltd.", "Kino, Ltd."]
