"""The site as an installable app: manifest, service worker, offline page."""

from __future__ import annotations

import hashlib
import json

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_bidi, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from cfsite.pages.themes import PAPER, chosen_theme

# The files that every page needs; the service worker caches them.
CACHED_FILES = (
    *("css/site.css", "js/core.js", "img/favicon.svg"),
    *("fonts/anton-latin.woff2", "fonts/abril-fatface-latin.woff2", "fonts/lilita-one-latin.woff2"),
)
ICONS = {"any": (192, 512), "maskable": (512,)}
# Links in the menu of the installed app's icon.
SHORTCUTS = (
    (gettext_lazy("Browse"), "movies:browse"),
    (gettext_lazy("Watchlist"), "movies:watchlist"),
    (gettext_lazy("My ratings"), "movies:ratings"),
)


@require_safe
@cache_control(private=True, max_age=3600)
@vary_on_headers("Accept-Language", "Cookie")
def manifest(request: HttpRequest) -> JsonResponse:
    """In the reader's language and theme: browsers request it with cookies."""
    icons = [
        {
            "src": staticfiles_storage.url(f"img/icon-{purpose}-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for purpose, sizes in ICONS.items()
        for size in sizes
    ]
    paper = PAPER[chosen_theme(request) or "light"]
    content = {
        "name": _("%(site)s: movies you'll like") % {"site": settings.SITE_NAME},
        "short_name": settings.SITE_NAME,
        "description": _("Rate movies and see what you'll like next, and why."),
        "id": reverse("home"),
        "start_url": reverse("home"),
        "scope": reverse("home"),
        "display": "standalone",
        "background_color": paper,
        "theme_color": paper,
        "lang": request.LANGUAGE_CODE,
        "dir": "rtl" if get_language_bidi() else "ltr",
        "categories": ["entertainment", "lifestyle"],
        "icons": icons,
        "shortcuts": [{"name": str(name), "url": reverse(place)} for name, place in SHORTCUTS],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@require_safe
@cache_control(max_age=0, no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script, with the URLs of this version's files: when they change, browsers update it."""
    kept = [*(staticfiles_storage.url(path) for path in CACHED_FILES), reverse("offline")]
    version = hashlib.sha256("\n".join(kept).encode()).hexdigest()[:16]
    context = {
        "kept": json.dumps(kept),
        "version": version,
        "static": json.dumps(staticfiles_storage.base_url),
        "offline": json.dumps(reverse("offline")),
        "choices": json.dumps([reverse("accounts:language"), reverse("theme")]),
    }
    return render(request, "pages/service-worker.js", context, content_type="text/javascript")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The same for everybody, because the service worker caches it."""
    context = {"stylesheet": staticfiles_storage.url("css/site.css"), "home": reverse("home")}
    return render(request, "pages/offline.html", context)
