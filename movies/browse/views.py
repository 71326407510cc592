"""Views of the catalogue."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import login_first, was_for_member
from cfsite.lib.web.pagination import page_of
from cfsite.lib.web.redirects import back_to
from movies.browse.columns import columns_for
from movies.browse.facets import facets_for
from movies.browse.query import BrowseQuery
from movies.browse.view_choice import ViewChoice
from movies.genres import by_label
from movies.search import index as catalogue_index
from movies.watching.tonight import tonight_of
from recommender.serving.cards import cards_for
from recommender.serving.orderings import rank


@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    user, is_member = request.user, request.user.is_authenticated
    if was_for_member(request) and not is_member:
        return login_first(request)
    index = catalogue_index.current()
    genres = by_label(index.all_genres)
    tonight = tonight_of(user) if is_member else None
    asked = BrowseQuery.from_params(
        request.GET, genres, is_member=is_member, index=index, tonight=tonight
    )
    ranking = None
    if asked.is_personal:
        ranking = rank(user, asked.ids_of(user), asked.sort, is_reversed=asked.is_reversed)
    is_too_early = asked.is_personal and ranking is None
    if is_too_early:
        is_too_early, asked = bool(asked.order), asked.without_order()
    view = ViewChoice.of(request)
    facets = facets_for(asked, user, genres)
    found = asked.cards_for(user, ranking)
    page = page_of(request, found, None if ranking else facets.n, view.per_page)
    context = {
        "asked": asked,
        "page": page,
        "cards": cards_for(user, page),
        "near_titles": [] if page.object_list else asked.near_titles(),
        "is_too_early": is_too_early and is_member,
        "facets": facets.facets,
        "orders": asked.order_choices(is_member=is_member),
        "view": view,
        "columns": columns_for(asked, is_member=is_member) if view.is_list else [],
    }
    return render(request, "movies/browse/browse.html", context)


@require_POST
def choose_view(request: HttpRequest) -> HttpResponse:
    """Keep how to look at Browse, and go back to the page it was chosen on."""
    choice = ViewChoice.of(request)
    choice.changed(request.POST.get("look"), request.POST.get("size")).keep(request)
    return redirect(back_to(request, "movies:browse"))
