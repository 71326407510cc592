"""What holds for every answer of the recommender."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from recommender.serving.model_cache import pinned_model


def one_model_per_request(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """A page asks for predictions, neighbours and reasons one after the other: of one run.

    Reading, it also asks once who the person is.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with pinned_model(read_only=request.method in ("GET", "HEAD")):
            return get_response(request)

    return middleware
