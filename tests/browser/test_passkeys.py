"""A passkey in a real browser: added in the settings, then logged in with, and as a second step."""

from typing import Any

import pytest
from playwright.sync_api import Page

from accounts.models import User
from tests.accounts.apps import PASSWORD
from tests.browser.conftest import Watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def log_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.locator("main form button").click()
    page.goto("/accounts/login/")


def test_it_is_added_and_logs_in(window: Watched, alice: User, settings: Any) -> None:
    page = window.open(alice)
    settings.SITE_URL = window.address  # localhost, where browsers allow passkeys without HTTPS
    chromium = page.context.new_cdp_session(page)
    chromium.send("WebAuthn.enable")
    chromium.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
    page.goto("/accounts/2fa/webauthn/add/")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_url("**/recovery-codes/")

    log_out(page)
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url(f"{window.address}/")
    page.goto("/me/settings/")
    assert page.url.endswith("/me/settings/")

    log_out(page)
    page.fill("[name=login]", "alice")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("button", name="Use a passkey instead").click()
    page.wait_for_url(f"{window.address}/")
    page.goto("/me/settings/")
    assert page.url.endswith("/me/settings/")
