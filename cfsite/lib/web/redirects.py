"""Redirect targets taken from requests."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def back_to(request: HttpRequest, fallback: Any) -> str:
    """The `next` of a form if it is a page of this site, else the fallback."""
    wanted = request.POST.get("next", "")
    return wanted if _is_ours(request, wanted) and wanted[0] == "/" else resolve_url(fallback)


def came_from(request: HttpRequest, fallback: Any) -> str:
    """Path and query of the page with the link that was followed, if it is one of this site."""
    page = request.headers.get("Referer", "")
    if not _is_ours(request, page):
        return resolve_url(fallback)
    return urlunsplit(("", "", *urlsplit(page)[2:4], "")) or resolve_url(fallback)


def _is_ours(request: HttpRequest, url: str) -> bool:
    return url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
