"""The watchlist page, and the page with a random pick from it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cfsite.lib.pagination import page_of
from movies.browse.facets import facets_for
from movies.browse.orderings import MoviesInOrder
from movies.genres import by_label
from movies.marks.watchlist_pick import pick_movie
from movies.marks.watchlist_query import ADDED, ORDERS, PREDICTED, WatchlistQuery
from movies.models import Genre
from recommender.serving.explain import explain


@require_safe
@login_required
def watchlist(request: HttpRequest) -> HttpResponse:
    genres = by_label(Genre.objects.all())
    asked = WatchlistQuery.from_params(request.GET, genres)
    movies = asked.cards_for(request.user)
    is_predicted = isinstance(movies, MoviesInOrder)
    facets = facets_for(asked, request.user, genres)
    context = {
        "asked": asked,
        "page": page_of(request, movies, None if is_predicted else facets.n),
        "facets": [facet for facet in facets.facets if facet.key != "mine"],
        "orders": ORDERS,
        "order": PREDICTED if is_predicted else _other_order(asked),
    }
    return render(request, "movies/marks/watchlist.html", context)


@require_safe
@login_required
def pick(request: HttpRequest) -> HttpResponse:
    """One movie of the filtered watchlist, and a link to the next pick."""
    asked = WatchlistQuery.from_params(request.GET, list(Genre.objects.all()))
    picked = pick_movie(request.user, asked, timezone.localdate())
    hides_predictions = request.user.hides_predictions
    context = {
        "asked": asked,
        "picked": picked,
        "why": explain(request.user, picked) if picked and not hides_predictions else None,
    }
    return render(request, "movies/marks/picked.html", context)


def _other_order(asked: WatchlistQuery) -> str:
    """The order of the page when nothing can be predicted."""
    return ADDED if asked.order in ("", PREDICTED) else asked.order
