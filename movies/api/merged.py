"""Addresses of movies that were merged into others."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from movies.cards import survivor_of


class RedirectsMergedMovies:
    """Of views whose `pk` is a movie's: a merged one leads to the surviving movie, for good.

    With status 308, so that a rating sent to the old address arrives.
    """

    request: Request
    kwargs: dict[str, Any]

    def handle_exception(self, exc: Exception) -> HttpResponse:
        pk = self.kwargs.get("pk") if isinstance(exc, NotFound | Http404) else None
        survivor = survivor_of(int(pk)) if pk else None
        if survivor is None:
            return super().handle_exception(exc)  # type: ignore[misc]
        address = self.request.get_full_path().replace(f"/{pk}/", f"/{survivor}/", 1)
        return HttpResponsePermanentRedirect(address, preserve_request=True)
