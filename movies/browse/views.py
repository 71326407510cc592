"""Views of the catalogue."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cfsite.lib.pagination import page_of
from movies.browse.facets import facets_for
from movies.browse.query import BrowseQuery
from movies.genres import by_label
from movies.search import index as catalogue_index
from movies.watching.tonight import tonight_of
from recommender.serving.cards import cards_for
from recommender.serving.orderings import rank


@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    user, is_member = request.user, request.user.is_authenticated
    index = catalogue_index.current()
    genres = by_label(index.all_genres)
    tonight = tonight_of(user) if is_member else None
    asked = BrowseQuery.from_params(
        request.GET, genres, is_member=is_member, index=index, tonight=tonight
    )
    ranking = rank(user, asked.movies_of(user), asked.order)
    is_too_early = asked.is_personal and ranking is None
    if is_too_early:
        asked = asked.without_order()
    facets = facets_for(asked, user, genres)
    page = page_of(request, asked.cards_for(user, ranking), None if ranking else facets.n)
    context = {
        "asked": asked,
        "page": page,
        "cards": cards_for(user, page),
        "near_titles": [] if page.object_list else asked.near_titles(),
        "is_too_early": is_too_early and is_member,
        "facets": facets.facets,
        "orders": asked.order_choices(is_member=is_member),
    }
    return render(request, "movies/browse/browse.html", context)
