"""The page of one's watchlist: filtered, in order, and one picked for who cannot decide."""

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
from movies.marks.watchlist_pick import picked
from movies.marks.watchlist_query import ADDED, ORDERS, PREDICTED, WatchlistAsked
from movies.models import Genre


@require_safe
@login_required
def watchlist(request: HttpRequest) -> HttpResponse:
    genres = by_label(Genre.objects.all())
    asked = WatchlistAsked.from_params(request.GET, genres)
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
    """One movie of what the watchlist would list, and the way to the next."""
    asked = WatchlistAsked.from_params(request.GET, list(Genre.objects.all()))
    found = picked(request.user, asked, timezone.localdate())
    return render(request, "movies/marks/picked.html", {"asked": asked, "picked": found})


def _other_order(asked: WatchlistAsked) -> str:
    """The order the page has where there is nothing to predict from."""
    return ADDED if asked.order in ("", PREDICTED) else asked.order
