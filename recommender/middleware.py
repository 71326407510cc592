"""Middleware of the recommender."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from recommender.serving.model_cache import pinned_model


def one_model_per_request(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Use one model for all parts of a response, even if the active run is switched meanwhile.

    A request that only reads also folds its user in only once.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with pinned_model(read_only=request.method in ("GET", "HEAD")):
            return get_response(request)

    return middleware
