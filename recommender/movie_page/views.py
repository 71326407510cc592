"""Views of the recommender's parts of a movie page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.decorators import member_only
from movies.cards import cards
from movies.models import Movie
from recommender.movie_page.reasons import parts_section, shown_explanation
from recommender.movie_page.similar import similar_section
from recommender.serving.explain import SHOWN


@require_safe
def similar(request: HttpRequest, pk: int) -> HttpResponse:
    """Similar movies as a fragment of the movie page, steered by the query string."""
    movie = get_object_or_404(Movie.objects.for_cards(), pk=pk)
    if not request.htmx:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(f"{movie.get_absolute_url()}{query}#similar")
    context = similar_section(request, movie)
    return render(request, "recommender/movie_page/_similar.html", context)


@require_safe
@member_only
def why(request: HttpRequest, pk: int) -> HttpResponse:
    """Every part of the reader's predicted stars: a page, and for htmx its content alone.

    Leads back to the movie's page where that shows no prediction.
    """
    movie = get_object_or_404(cards(Movie.objects.all(), request.user), pk=pk)
    explained = shown_explanation(request.user, movie, SHOWN)
    if explained is None:
        url = movie.get_absolute_url()
        return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
    context = {"movie": movie, "parts": parts_section(explained)}
    page = "_parts" if request.htmx else "parts"
    return render(request, f"recommender/movie_page/{page}.html", context)
