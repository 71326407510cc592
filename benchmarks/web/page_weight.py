"""Weigh every page in Chromium with an empty cache."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


@dataclass
class Weight:
    """One page's first visit; bytes on the wire, headers included."""

    name: str
    who: str
    html: int = 0
    styles: int = 0
    scripts: int = 0
    fonts: int = 0
    total: int = 0
    requests: int = 0
    other_hosts: int = 0  # requests to them
    violations: int = 0  # of the content security policy
    elements: int = 0


KINDS = {"Document": "html", "Stylesheet": "styles", "Script": "scripts", "Font": "fonts"}


def weigh(address: str, filled: dict[str, Any]) -> list[Weight]:
    """A first visit to every page in `filled["pages"]`."""
    program = next(filter(None, map(shutil.which, CHROMIUM)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        try:
            return [
                _visit(browser, address, Weight(name, who), path, filled["sessions"].get(who))
                for who, pages in filled["pages"].items()
                for name, path in pages.items()
            ]
        finally:
            browser.close()


def _visit(
    browser: Browser, address: str, weight: Weight, path: str, session: str | None
) -> Weight:
    context = browser.new_context(
        base_url=address, viewport={"width": 1280, "height": 900}, service_workers="block"
    )
    if session:
        context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    kinds: dict[str, str] = {}

    def on_response(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"]
        weight.requests += not event["response"]["url"].startswith("data:")

    def on_finished(event: dict[str, Any]) -> None:
        size = int(event["encodedDataLength"])
        weight.total += size
        if kind := KINDS.get(kinds.get(event["requestId"], "")):
            setattr(weight, kind, getattr(weight, kind) + size)

    def on_request(request: Any) -> None:
        weight.other_hosts += not request.url.startswith((address, "data:"))

    def on_console(message: Any) -> None:
        weight.violations += "Content Security Policy" in message.text

    devtools.on("Network.responseReceived", on_response)
    devtools.on("Network.loadingFinished", on_finished)
    page.on("request", on_request)
    page.on("console", on_console)
    answer = page.goto(path)
    if answer is None or answer.status >= 400:
        raise RuntimeError(f"{path}: {answer and answer.status}")
    page.wait_for_load_state("networkidle")
    weight.elements = page.evaluate("document.querySelectorAll('*').length")
    context.close()
    return weight
