"""Suggestions below the search field, while one types."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from movies.models import Movie
from movies.search.search import LONGEST_QUERY, search

MOST_SUGGESTIONS = 6


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """A list fragment of the best matches; without htmx, a redirect to all results."""
    q = request.GET.get("q", "")[:LONGEST_QUERY].replace("\0", "").strip()
    results = f"{reverse('movies:browse')}?{urlencode({'q': q})}"
    if not request.htmx:
        return redirect(results)
    found = search(Movie.objects.only("title", "year"), q)[:MOST_SUGGESTIONS] if q else []
    context = {"q": q, "results": results, "movies": found}
    return render(request, "movies/search/_suggestions.html", context)
