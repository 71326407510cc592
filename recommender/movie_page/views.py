"""Views of the recommender's parts of a movie page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from movies.models import Movie
from recommender.movie_page.similar import similar_section


@require_safe
def similar(request: HttpRequest, pk: int) -> HttpResponse:
    """Similar movies as a fragment of the movie page, steered by the query string."""
    movie = get_object_or_404(Movie.objects.for_cards(), pk=pk)
    if not request.htmx:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(f"{movie.get_absolute_url()}{query}#similar")
    context = similar_section(request, movie)
    return render(request, "recommender/movie_page/_similar.html", context)
