"""View of the movie page."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from movies.cards import movie_of_page, survivor_of
from movies.models import Movie
from movies.movie_page.diary_box import diary_box
from movies.movie_page.facts import facts_of
from movies.movie_page.histogram import histogram_of
from movies.movie_page.history import history_of
from movies.movie_page.share_image import Share
from movies.watching.where import where_to_watch
from recommender.movie_page.reasons import reasons_section, shown_explanation
from recommender.movie_page.similar import similar_section
from recommender.movie_page.what_if import star_choices


@require_safe
def detail(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    movie = movie_of_page(pk, request.user)
    if movie is None:
        survivor = Movie.objects.filter(pk=survivor_of(pk)).first()
        if survivor is None:
            raise Http404
        return redirect(survivor, permanent=True)
    if slug != movie.slug:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(movie.get_absolute_url() + query, permanent=True)
    # The parts of the number, rating by rating, are fetched on demand.
    explained = shown_explanation(request.user, movie, n=0)
    own = history_of(movie, request.user)
    facts, where = facts_of(movie), where_to_watch(movie, request.user)
    if facts.is_from_tmdb or where.has_offers:
        request.shows_tmdb = True
    context = {
        "movie": movie,
        "facts": facts,
        "where": where,
        "marks": own.marks,
        "diary": diary_box(movie, own),
        "histogram": histogram_of(movie),
        "share": Share(movie, facts),
        "why": explained and reasons_section(explained),
        "star_choices": star_choices(movie),
        **similar_section(request, movie),
    }
    return render(request, "movies/movie_page/detail.html", context)
