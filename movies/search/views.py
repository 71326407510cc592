"""Suggestions below the search field, while one types."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from movies.browse.query import BrowseQuery
from movies.models import Movie

MOST_SUGGESTIONS = 6


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """A list fragment of the best matches; without htmx, the results page."""
    asked = BrowseQuery.from_params({"q": request.GET.get("q", "")}, [])
    if not request.htmx:
        return redirect(f"{reverse('movies:browse')}?{urlencode({'q': asked.q})}")
    found = (
        asked.search.of(Movie.objects.only("title", "year"))[:MOST_SUGGESTIONS] if asked.q else []
    )
    return render(request, "movies/search/_suggestions.html", {"asked": asked, "movies": found})
