"""Files by which phones open links in an app."""

from typing import Any

import pytest
from django.test import Client

from cfsite.environment import ANDROID_APP, BROWSER_ORIGIN, IOS_APP

APPLE, ANDROID = "/.well-known/apple-app-site-association", "/.well-known/assetlinks.json"
FINGERPRINT = ":".join(["AB"] * 32)


def test_it_works(client: Client, settings: Any, db: None) -> None:
    settings.IOS_APPS = ["A1B2C3D4E5.org.example.films"]
    settings.ANDROID_APPS = [("org.example.films", FINGERPRINT)]
    apple = client.get(APPLE)
    assert (apple.status_code, apple["Content-Type"]) == (200, "application/json")
    (detail,) = apple.json()["applinks"]["details"]
    assert detail["appIDs"] == settings.IOS_APPS
    assert {"/": "/together/*"} in detail["components"]
    (statement,) = client.get(ANDROID).json()
    assert statement["target"] == {
        "namespace": "android_app",
        "package_name": "org.example.films",
        "sha256_cert_fingerprints": [FINGERPRINT],
    }


def test_a_site_below_a_path_claims_nothing_else_of_its_host(
    client: Client, settings: Any, db: None
) -> None:
    settings.IOS_APPS = ["A1B2C3D4E5.org.example.films"]
    settings.FORCE_SCRIPT_NAME = "/films"
    (detail,) = client.get(APPLE).json()["applinks"]["details"]
    assert {"/": "/films/movies/*"} in detail["components"]
    assert all(component["/"].startswith("/films/") for component in detail["components"])


@pytest.mark.parametrize("path", [APPLE, ANDROID])
def test_without_an_app_there_is_no_file(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        *((IOS_APP, "org.example.films"), (IOS_APP, "A1B2C3D4E5"), (IOS_APP, "A1B2C3D4E5.*")),
        *((ANDROID_APP, "org.example.films"), (ANDROID_APP, f"films={FINGERPRINT}")),
        (ANDROID_APP, f"org.example.films={FINGERPRINT}:AB"),
        *((BROWSER_ORIGIN, "*"), (BROWSER_ORIGIN, "app.example.org"), (BROWSER_ORIGIN, "null")),
        (BROWSER_ORIGIN, "https://app.example.org/path"),
    ],
)
def test_what_is_no_app_or_address_is_refused(kind: Any, given: str) -> None:
    with pytest.raises(ValueError):
        kind.parse(given)


def test_addresses_are_as_browsers_send_them() -> None:
    assert BROWSER_ORIGIN.parse("https://App.example.org/") == "https://app.example.org"
    assert ANDROID_APP.parse(f"a.b={FINGERPRINT.lower()}") == ("a.b", FINGERPRINT)
