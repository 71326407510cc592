"""The watchlist page, and the page with a random pick from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.decorators import member_only
from cfsite.lib.web.pagination import page_of
from movies.browse.facets import facets_for
from movies.genres import by_label
from movies.marks.watchlist_pick import has_watchlist, pick_movie
from movies.marks.watchlist_query import ADDED, ORDERS, PREDICTED, WatchlistQuery
from movies.models import Genre, Movie
from movies.watching.tonight import tonight_of
from recommender.movie_page.reasons import reasons_section
from recommender.serving.cards import cards_for
from recommender.serving.expected import predicted
from recommender.serving.explain import explain

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class WatchlistNote:
    """What stands below each card: the runtime, and a button to take the movie off."""

    template: ClassVar[str] = "movies/marks/_watchlist_note.html"

    movie: Movie


@dataclass(frozen=True)
class NothingToPick:
    """Why there is no pick: an empty watchlist, no match on it, or nothing unwatched."""

    heading: str
    reason: str
    is_empty: bool = False


@require_safe
@member_only
def watchlist(request: HttpRequest) -> HttpResponse:
    genres = by_label(Genre.objects.all())
    asked = WatchlistQuery.from_params(request.GET, genres, tonight_of(request.user))
    ranking = asked.by_prediction(request.user, predicted)
    movies = asked.cards_for(request.user, ranking)
    facets = facets_for(asked, request.user, genres)
    page = page_of(request, movies, None if ranking else facets.n)
    order = PREDICTED if ranking else _other_order(asked)
    notes = {movie.pk: WatchlistNote(movie) for movie in page}
    context = {
        "asked": asked,
        "page": page,
        "cards": cards_for(request.user, page, notes=notes),
        "facets": [facet for facet in facets.facets if facet.key != "mine"],
        "orders": [(key, label, key == order) for key, label in ORDERS.items()],
    }
    return render(request, "movies/marks/watchlist.html", context)


@require_safe
@member_only
def pick(request: HttpRequest) -> HttpResponse:
    """One movie of the filtered watchlist, and a link to the next pick."""
    genres = list(Genre.objects.all())
    asked = WatchlistQuery.from_params(request.GET, genres, tonight_of(request.user))
    found = pick_movie(request.user, asked, timezone.localdate(), predicted)
    picked = found and found.movie
    why = explain(request.user, picked) if picked and not request.user.hides_predictions else None
    context = {"asked": asked, "picked": picked, "why": why and reasons_section(why)}
    if found is None:
        context["nothing"] = _why_nothing(request.user, asked)
    else:
        context["has_others"] = found.out_of > 1
    return render(request, "movies/marks/picked.html", context)


def _why_nothing(user: User, asked: WatchlistQuery) -> NothingToPick:
    heading = _("Nothing left to pick")
    if not has_watchlist(user):
        reason = _("Add movies you want to see, and we’ll pick one for tonight.")
        return NothingToPick(_("Your watchlist is empty"), reason, is_empty=True)
    if not asked.movies_of(user).exists():
        return NothingToPick(heading, _("Nothing on your watchlist matches."))
    if asked.is_filtered:
        reason = _(
            "You’ve watched, or aren’t interested in, everything on your watchlist that matches "
            "these filters."
        )
        return NothingToPick(heading, reason)
    reason = _("You’ve watched, or aren’t interested in, everything on your watchlist.")
    return NothingToPick(heading, reason)


def _other_order(asked: WatchlistQuery) -> str:
    """The order of the page when nothing can be predicted."""
    return ADDED if asked.order in ("", PREDICTED) else asked.order
