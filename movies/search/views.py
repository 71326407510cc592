"""Suggestions below the search field, while one types."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from movies.models import Movie
from movies.posters.files import SMALL, poster_url
from movies.search import index as catalogue_index
from movies.search import people
from movies.search.search import LONGEST_QUERY, Search

MOST_SUGGESTIONS, MOST_PEOPLE = 6, 2


@dataclass(frozen=True)
class Suggestion:
    title: str
    year: str
    url: str
    poster: str  # URL of the small picture, uploaded or drawn


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """A list fragment of the best matches; without htmx, a redirect to all results."""
    q = request.GET.get("q", "")[:LONGEST_QUERY].replace("\0", "").strip()
    results = f"{reverse('movies:browse')}?{urlencode({'q': q})}"
    if not request.htmx:
        return redirect(results)
    asked = Search(q, catalogue_index.current())
    movies = Movie.objects.only("title", "year", "poster_file")
    suggestions = [
        Suggestion(one.title, str(one.year or ""), one.get_absolute_url(), poster_url(one, SMALL))
        for one in (asked.of(movies)[:MOST_SUGGESTIONS] if q else [])
    ]
    named = people.found(people.current().suggested(asked.words, MOST_PEOPLE))
    context = {"q": q, "results": results, "suggestions": suggestions, "people": named}
    return render(request, "movies/search/_suggestions.html", context)
