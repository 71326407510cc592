"""The weight of every page: HTML, scripts and number of requests.

The built-in catalogue and a member with sixty ratings, as in `benchmarks/pages.py`, which also
weighs fonts and pictures in a browser.
"""

import gzip
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.test import Client, RequestFactory

from tests.demo_site import fill
from tests.recommender.small_world import SmallWorld
from tests.site_pages import MEMBER

pytestmark = [
    pytest.mark.slow,
    # With ids from 1: those that a long run has reached by then have more digits.
    pytest.mark.django_db(transaction=True, reset_sequences=True),
]

HTML_KB, SCRIPTS_KB, REQUESTS = 12.0, 20.0, 8
# What the server says before a script's first byte.
SCRIPT_HEADERS = 480
# And before a page's, beside what the site itself says.
SERVER_HEADERS = 240
# Faces in which posters are lettered besides that of headings.
POSTER_FONTS = 2


@pytest.fixture(autouse=True)
def ids_kept_for_the_small_world(small_world: SmallWorld) -> Iterator[None]:
    """The counters of ids start anew in these tests, for all that come after."""
    yield
    small_world.reserve_ids()


@pytest.fixture
def answers(db: None) -> Iterator[tuple[str, HttpResponse]]:
    filled = fill()
    client = Client(headers={"accept-encoding": "gzip"})
    client.cookies[settings.SESSION_COOKIE_NAME] = filled["sessions"][MEMBER]
    return ((name, client.get(path, follow=True)) for name, path in filled["pages"][MEMBER].items())


def kilobytes(answer: HttpResponse) -> float:
    """As sent, headers included, with the longest padding that the middleware may add."""
    headers = sum(len(f"{name}: {value}\r\n") for name, value in answer.items()) + SERVER_HEADERS
    packed = gzip.compress(gzip.decompress(answer.content), compresslevel=6)
    return (headers + len(packed) + GZipMiddleware.max_random_bytes) / 1000


def scripts_of(html: str) -> list[Path]:
    found = [finders.find(path) for path in re.findall(r'<script src="/static/([^"]+)', html)]
    return [Path(str(path)) for path in found]


def weights(answer: HttpResponse) -> dict[str, float]:
    html = gzip.decompress(answer.content).decode()
    scripts = scripts_of(html)
    sizes = [len(gzip.compress(script.read_bytes(), 9)) + SCRIPT_HEADERS for script in scripts]
    asked = re.findall(r'<img|<script src|<link rel="(?:stylesheet|icon|preload)"', html)
    fonts = POSTER_FONTS if 'class="poster"' in html else 0
    return {
        "HTML": kilobytes(answer),
        "scripts": sum(sizes) / 1000,
        "requests": 1 + len(asked) + fonts,
    }


def test_no_page_is_heavier_than_promised(answers: Iterator[tuple[str, HttpResponse]]) -> None:
    bars = {"HTML": HTML_KB, "scripts": SCRIPTS_KB, "requests": REQUESTS}
    over: dict[str, dict[str, float]] = {}
    looked_at = set()
    for name, answer in answers:
        looked_at.add(name)
        assert answer.status_code == 200, name
        too_much = {what: kb for what, kb in weights(answer).items() if kb > bars[what]}
        over |= {name: too_much} if too_much else {}
    assert over == {}
    assert "taste" in looked_at


def test_a_heavy_page_would_be_seen(rf: RequestFactory) -> None:
    """The control: what is weighed is what is sent, and nothing asked for is overlooked."""
    page = (
        '<link rel="stylesheet" href="x"><script src="/static/js/member.js" defer></script>'
        '<script src="/static/js/taste.js" defer></script><svg class="poster"></svg><img src="y">'
    )
    noise = "".join(f"<i>{secrets.token_hex(8)}</i>" for _ in range(1500))
    request = rf.get("/", headers={"accept-encoding": "gzip"})
    answer = GZipMiddleware(lambda _request: HttpResponse(page + noise))(request)
    found = weights(answer)
    assert found["HTML"] > HTML_KB
    assert found["scripts"] > SCRIPTS_KB
    assert found["requests"] == 7
