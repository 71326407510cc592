"""View decorators about who may call a view."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRedirect

from cfsite.lib.redirects import back_to

View = Callable[..., HttpResponse]


def member_only(view: View) -> View:
    """For actions: sign in first, then come back to the page, not to the action."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        home, looks = settings.LOGIN_REDIRECT_URL, request.method in ("GET", "HEAD")
        to_login = redirect_to_login(back_to(request, request.get_full_path() if looks else home))
        return HttpResponseClientRedirect(to_login.url) if request.htmx else to_login

    return guarded
