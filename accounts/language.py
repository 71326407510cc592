"""The language of the site: chosen in the footer, stored in the account."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.views.decorators.http import require_POST
from django.views.i18n import set_language


def preferred_language(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: a member's choice overrides the browser's cookie and languages."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        chosen = getattr(request.user, "language", "")
        if chosen and chosen != request.LANGUAGE_CODE and is_spoken(chosen):
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        return get_response(request)

    return middleware


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Store the choice in a cookie, as Django's view does, and in a member's account."""
    response = set_language(request)
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and is_spoken(chosen):
        request.user.prefer(language=chosen)
    return response


def is_spoken(code: str) -> bool:
    """Whether the site has this language; a stored one may have been removed since."""
    return code in dict(settings.LANGUAGES)
