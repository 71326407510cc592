"""Light or dark: what the device asks for, or what was chosen at the foot of any page.

The choice is a cookie and no column of the account: a screen in a dark room and one by the window
belong to the same person. The server writes it into the page, so no page shows the other first.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

COOKIE = "theme"
A_YEAR = 365 * 24 * 3600
# The colour of the paper, for what browsers draw around a page; as in static/css/tokens.css.
PAPER = {"light": "#f7f4ec", "dark": "#161412"}
CHOICES = (("", _("As the device")), ("light", _("Light")), ("dark", _("Dark")))

register = template.Library()


def chosen(request: HttpRequest) -> str:
    """The theme that was chosen, or '' where the device decides."""
    theme = request.COOKIES.get(COOKIE, "")
    return theme if theme in PAPER else ""


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keeps the choice in this browser and leads back to where it was made."""
    theme = request.POST.get("theme", "")
    if theme not in dict(CHOICES):
        return HttpResponseBadRequest(_("There is no such theme."))
    answer = HttpResponseRedirect(_back(request))
    if theme:
        answer.set_cookie(
            COOKIE, theme, A_YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax"
        )
    else:
        answer.delete_cookie(COOKIE, samesite="Lax")
    return answer


def _back(request: HttpRequest) -> str:
    address = request.POST.get("next", "")
    hosts = {request.get_host()}
    is_ours = url_has_allowed_host_and_scheme(address, hosts, require_https=request.is_secure())
    return address if is_ours and address.startswith("/") else "/"


@register.simple_tag(takes_context=True)
def theme_class(context: dict[str, Any]) -> SafeString:
    """For the `html` element; nothing where the device decides."""
    request = context.get("request")
    theme = chosen(request) if request else ""
    return format_html(' class="theme-{}"', theme) if theme else SafeString("")


def theme_colours(request: HttpRequest) -> SafeString:
    """What the browser's own frame is coloured with."""
    if theme := chosen(request):
        return format_html('<meta name="theme-color" content="{}">', PAPER[theme])
    return _OF_THE_DEVICE


def theme_choices(request: HttpRequest) -> tuple[tuple[str, Any, bool], ...]:
    """(value, name, whether it holds now)."""
    now = chosen(request)
    return tuple((value, name, value == now) for value, name in CHOICES)


_OF_THE_DEVICE = SafeString(
    "".join(
        f'<meta name="theme-color" content="{paper}" media="(prefers-color-scheme: {theme})">'
        for theme, paper in PAPER.items()
    )
)
