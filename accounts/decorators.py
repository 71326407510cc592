"""View decorators."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRedirect

from cfsite.lib.web.redirects import back_to

View = Callable[..., HttpResponse]


def member_only(view: View) -> View:
    """For actions: log in first, then return to the page the action was on."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return login_first(request)

    return guarded


def login_first(request: HttpRequest) -> HttpResponse:
    """To the login, and from there back to the page that asked; the whole page for htmx too."""
    is_read = request.method in ("GET", "HEAD")
    fallback = request.get_full_path() if is_read else settings.LOGIN_REDIRECT_URL
    to_login = redirect_to_login(back_to(request, fallback))
    return HttpResponseClientRedirect(to_login.url) if request.htmx else to_login


def was_for_member(request: HttpRequest) -> bool:
    """Whether a member's page asks for its continuation (templates/_pagination.html).

    A public page is another one for visitors: where the session has ended meanwhile, it would
    continue with movies in another order.
    """
    return bool(request.htmx) and "Member" in request.headers
