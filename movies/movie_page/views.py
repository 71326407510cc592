"""View of the movie page."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from movies.cards import movie_of_page
from movies.models import Movie
from movies.movie_page.diary_box import diary_box
from movies.movie_page.histogram import histogram_of
from movies.movie_page.history import history_of
from movies.movie_page.share_image import Share
from movies.watching.where import where_to_watch
from recommender.movie_page.reasons import reasons_section
from recommender.movie_page.similar import similar_section
from recommender.movie_page.what_if import star_choices
from recommender.serving.explain import explain


@require_safe
def detail(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    movie = movie_of_page(pk, request.user)
    if movie is None:
        raise Http404
    if slug != movie.slug:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(movie.get_absolute_url() + query, permanent=True)
    why = None if _hides_prediction(request, movie) else explain(request.user, movie)
    own = history_of(movie, request.user)
    where = where_to_watch(movie, request.user)
    if where.has_offers:
        request.shows_tmdb = True
    context = {
        "movie": movie,
        "where": where,
        "marks": own.marks,
        "diary": diary_box(movie, own),
        "histogram": histogram_of(movie),
        "share": Share(movie),
        "why": why and reasons_section(why),
        "star_choices": star_choices(movie),
        **similar_section(request, movie),
    }
    return render(request, "movies/movie_page/detail.html", context)


def _hides_prediction(request: HttpRequest, movie: Movie) -> bool:
    """A rated movie shows the rating; some users want no prediction before they rate."""
    if movie.own_half_stars is not None:
        return True
    return request.user.is_authenticated and request.user.hides_predictions
