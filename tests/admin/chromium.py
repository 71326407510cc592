"""A Chromium page that records violations of the content security policy."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.chromium import PATIENCE


@dataclass
class Window:
    page: Page
    complaints: list[str] = field(default_factory=list)

    def open(self, url: str) -> None:
        """Go there and wait until nothing moves; the answer must be a page."""
        answer = self.page.goto(url)
        assert answer is not None
        assert answer.status == 200, (url, answer.status)
        self.page.wait_for_load_state("networkidle")


@contextlib.contextmanager
def window(browser: Browser, base_url: str, client: Client | None = None) -> Iterator[Window]:
    """A window with the session of `client`, closed in the end."""
    context = browser.new_context(base_url=base_url)
    if client is not None:
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": base_url}])
    opened = Window(context.new_page())
    opened.page.set_default_timeout(PATIENCE)
    opened.page.on("console", lambda message: _note(opened, message))
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.page.on("requestfailed", lambda request: _note_failure(opened, request))
    try:
        yield opened
    finally:
        context.close()


def _note(opened: Window, message: ConsoleMessage) -> None:
    where = message.location["url"]
    if where.endswith("/favicon.ico"):  # asked for by the browser, not by the page
        return
    if message.type == "error" or "Content Security Policy" in message.text:
        opened.complaints.append(f"{where}: {message.text}")


def _note_failure(opened: Window, request: Request) -> None:
    # A page may take its own question back: a list that completes what one types does so with
    # every letter. A script, a style or an answer that did not come is failed all the same.
    taken_back = request.failure == "net::ERR_ABORTED" and request.resource_type in {"xhr", "fetch"}
    if not taken_back:
        opened.complaints.append(f"failed: {request.url} ({request.failure})")
