"""The documentation page works under the site's own content security policy."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser

from tests.admin.chromium import window
from tests.api.conftest import API


def test_it_loads_nothing_from_elsewhere(client: Client, db: None) -> None:
    page = client.get(f"{API}/docs/")
    assert page.status_code == 200
    assert b"://" not in page.content
    policy = page["Content-Security-Policy"]
    # The order of the directives differs from process to process: the last has no semicolon.
    assert "script-src 'self'" in [directive.strip() for directive in policy.split(";")]
    assert "unsafe-inline" not in policy


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_it_renders_and_sends_requests_without_a_complaint(
    browser: Browser, live_server: Any
) -> None:
    with window(browser, live_server.url) as opened:
        opened.open(f"{API}/docs/")
        page = opened.page
        page.locator("#operations-tag-movies").click()
        operation = page.locator("#operations-movies-list_movies")
        operation.click()
        operation.get_by_role("button", name="Try it out").click()
        operation.get_by_role("button", name="Execute").click()
        page.wait_for_selector("#operations-movies-list_movies .live-responses-table")
        assert '"results": []' in operation.locator(".live-responses-table").inner_text()
        page.get_by_role("button", name="Authorize").click()
        page.get_by_text("X-Session-Token").first.wait_for()
        assert opened.complaints == []
