"""The watchlist page, and the page with a random pick from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cfsite.lib.pagination import page_of
from movies.browse.facets import facets_for
from movies.genres import by_label
from movies.marks.watchlist_pick import pick_movie
from movies.marks.watchlist_query import ADDED, ORDERS, PREDICTED, WatchlistQuery
from movies.models import Genre, Movie
from movies.watching.tonight import tonight_of
from recommender.movie_page.reasons import reasons_section
from recommender.serving.cards import cards_for
from recommender.serving.expected import predicted
from recommender.serving.explain import explain


@dataclass(frozen=True)
class WatchlistNote:
    """What stands below each card: the runtime, and a button to take the movie off."""

    template: ClassVar[str] = "movies/marks/_watchlist_note.html"

    movie: Movie


@require_safe
@login_required
def watchlist(request: HttpRequest) -> HttpResponse:
    genres = by_label(Genre.objects.all())
    asked = WatchlistQuery.from_params(request.GET, genres, tonight_of(request.user))
    ranking = asked.by_prediction(request.user, predicted)
    movies = asked.cards_for(request.user, ranking)
    facets = facets_for(asked, request.user, genres)
    page = page_of(request, movies, None if ranking else facets.n)
    notes = {movie.pk: WatchlistNote(movie) for movie in page}
    context = {
        "asked": asked,
        "page": page,
        "cards": cards_for(request.user, page, notes=notes),
        "facets": [facet for facet in facets.facets if facet.key != "mine"],
        "orders": ORDERS,
        "order": PREDICTED if ranking else _other_order(asked),
    }
    return render(request, "movies/marks/watchlist.html", context)


@require_safe
@login_required
def pick(request: HttpRequest) -> HttpResponse:
    """One movie of the filtered watchlist, and a link to the next pick."""
    genres = list(Genre.objects.all())
    asked = WatchlistQuery.from_params(request.GET, genres, tonight_of(request.user))
    picked = pick_movie(request.user, asked, timezone.localdate(), predicted)
    why = explain(request.user, picked) if picked and not request.user.hides_predictions else None
    context = {"asked": asked, "picked": picked, "why": why and reasons_section(why)}
    return render(request, "movies/marks/picked.html", context)


def _other_order(asked: WatchlistQuery) -> str:
    """The order of the page when nothing can be predicted."""
    return ADDED if asked.order in ("", PREDICTED) else asked.order
