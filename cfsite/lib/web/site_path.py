"""A site under a path of its host, such as https://example.org/films/.

Django's ASGI handler takes FORCE_SCRIPT_NAME off the path of a request, its WSGI handler does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings


class SitePath:
    """WSGI middleware: what comes under the site's path reaches Django without it.

    Anything else passes as it is, such as the health checks of a container that ask for /healthz.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application
        self.path = settings.FORCE_SCRIPT_NAME

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[Any]:
        asked = environ.get("PATH_INFO", "")
        if self.path and (asked == self.path or asked.startswith(f"{self.path}/")):
            environ["PATH_INFO"] = asked.removeprefix(self.path) or "/"
        return self.application(environ, start_response)
