"""System checks of a deployment: what would be unsafe or not work.

With CFSITE_ENV=production the errors among them keep every process from starting. The two that a
site cannot be installed without passing yet, static files and mail, count when a server starts.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

Apps = Sequence[AppConfig] | None
FEWEST_DIFFERENT_CHARACTERS = 8
# A key that compresses to less repeats itself; 50 random hexadecimal digits need 45 bytes or more.
FEWEST_COMPRESSED_BYTES = 36
MAIL_TO_NOBODY = ("console", "locmem", "filebased", "mail_folder")


@register(Tags.security)
def debug(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if not (settings.PRODUCTION and settings.DEBUG):
        return []
    hint = "Remove CFSITE_DEBUG: it shows code and settings to every visitor."
    return [Error("CFSITE_DEBUG is on in production.", hint=hint, id="cfsite.E001")]


@register(Tags.security)
def hosts(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if not settings.PRODUCTION or "*" not in settings.ALLOWED_HOSTS:
        return []
    hint = "List the names of this site. The host of CFSITE_SITE_URL needs no entry."
    return [Error("CFSITE_ALLOWED_HOSTS allows every host.", hint=hint, id="cfsite.E002")]


@register(Tags.security)
def secret_keys(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Whoever guesses a key can forge sessions and password links."""
    key_from = "CFSITE_SECRET_KEY" if os.environ.get("CFSITE_SECRET_KEY") else "secret_key"
    keys = {key_from: settings.SECRET_KEY}
    for number, key in enumerate(settings.SECRET_KEY_FALLBACKS, 1):
        keys[f"CFSITE_SECRET_KEY_FALLBACKS, number {number},"] = key
    hint = (
        "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(64))'. Or unset the"
        " variable: the site then makes its own and keeps it in the data folder."
    )
    return [
        Error(f"{name} can be guessed: it repeats itself.", hint=hint, id="cfsite.E003")
        for name, key in keys.items()
        if can_be_guessed(key)
    ]


def can_be_guessed(key: str) -> bool:
    return (
        key.startswith("django-insecure-")
        or key in (key + key)[1:-1]  # one text over and over
        or len(set(key)) < FEWEST_DIFFERENT_CHARACTERS
        or len(zlib.compress(key.encode(), 9)) < FEWEST_COMPRESSED_BYTES
    )


@register(Tags.security)
def site_address(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Over HTTP, only on this machine: passwords and sessions cross the network in the clear."""
    if not settings.PRODUCTION or settings.HTTPS or _is_loopback(settings.SITE_URL):
        return []
    hint = (
        "Set the https:// address and put a proxy with a certificate in front (docs/install.md)."
        " In a network that you trust, leave CFSITE_ENV unset instead."
    )
    return [
        Error(f"CFSITE_SITE_URL is {settings.SITE_URL}, not https.", hint=hint, id="cfsite.E004")
    ]


@register(Tags.staticfiles, deploy=True)
def static_files(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Every page names them by their hashes, which collectstatic writes down."""
    if not settings.PRODUCTION or (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        return []
    hint = "Run: manage.py collectstatic --no-input"
    found = f"{settings.STATIC_ROOT} holds no static files."
    return [Error(found, hint=hint, id="cfsite.E005")]


@register(Tags.security, deploy=True)
def mail(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Mail in a file or a log reaches nobody, and the log then holds links for new passwords."""
    backend = settings.EMAIL_BACKEND.lower()
    if not settings.PRODUCTION or not any(name in backend for name in MAIL_TO_NOBODY):
        return []
    hint = (
        "Set EMAIL_URL, like smtp+tls://user:password@mail.example.org:587. If this site is to send"
        " no mail at all, EMAIL_URL=dummymail://; nobody can then reset a forgotten password."
    )
    return [Error("No mail is sent: EMAIL_URL names no server.", hint=hint, id="cfsite.E006")]


@register(Tags.security)
def trusted_proxy(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if not settings.HTTPS or settings.TRUSTED_PROXIES:
        return []
    hint = (
        "Set CFSITE_TRUSTED_PROXIES to the number of proxies in front, usually 1, and let them send"
        " X-Forwarded-Proto and X-Forwarded-For."
    )
    found = (
        "The site is at an https address, but no proxy is trusted: behind a proxy that ends TLS,"
        " every page redirects to itself."
    )
    return [Warning(found, hint=hint, id="cfsite.W001")]


@register(Tags.urls)
def site_path(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    given = os.environ.get("SCRIPT_NAME", "").rstrip("/")
    if not given or given == (settings.FORCE_SCRIPT_NAME or ""):
        return []
    hint = (
        "Put the path into CFSITE_SITE_URL, unset SCRIPT_NAME, and let the proxy pass paths on as"
        " they come (docs/install.md)."
    )
    found = f"SCRIPT_NAME is {given}, but the path of CFSITE_SITE_URL is another."
    return [Warning(found, hint=hint, id="cfsite.W002")]


@register(Tags.security)
def trusted_origins(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Cookies of an https site are Secure: a browser does not send them over HTTP."""
    hint = "Use its https address, or reach the site by CFSITE_SITE_URL alone."
    return [
        Warning(f"Nobody can log in at {origin}: it is not https.", hint=hint, id="cfsite.W003")
        for origin in settings.TRUSTED_ORIGINS
        if settings.HTTPS and origin.startswith("http:") and not _is_loopback(origin)
    ]


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")
