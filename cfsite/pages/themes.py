"""The light or dark theme: chosen in the footer, otherwise the device decides.

The choice is a cookie, not a column of the account: one user may have a screen in a dark room and
another by the window. The server writes it into the page, so no page flashes the other theme.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from cfsite.lib.web.redirects import back_to

COOKIE = "theme"
A_YEAR = 365 * 24 * 3600
# Background colours, as in static/css/tokens.css, for the manifest and the browser's own frame.
PAPER = {"light": "#f7f4ec", "dark": "#161412"}
CHOICES = (("", _("System")), ("light", _("Light")), ("dark", _("Dark")))


def chosen_theme(request: HttpRequest) -> str:
    """The chosen theme: "light", "dark", or "" where the device decides."""
    theme = request.COOKIES.get(COOKIE, "")
    return theme if theme in PAPER else ""


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Store the choice in a cookie and go back to the page it was made on."""
    theme = request.POST.get("theme", "")
    if theme not in dict(CHOICES):
        return HttpResponseBadRequest(_("Unknown theme."))
    answer = HttpResponseRedirect(back_to(request, "/"))
    if theme:
        answer.set_cookie(
            COOKIE,
            theme,
            A_YEAR,
            path=settings.SESSION_COOKIE_PATH,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
    else:
        answer.delete_cookie(COOKIE, path=settings.SESSION_COOKIE_PATH, samesite="Lax")
    return answer
