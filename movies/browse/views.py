"""Views of the catalogue."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.prepared import Prepared
from cfsite.lib.pagination import page_of
from movies.browse.facets import facets_for
from movies.browse.orderings import personal_orders
from movies.browse.query import ORDERS, BrowseQuery
from movies.genres import by_label
from movies.models import Genre

_GENRES = Prepared(lambda: Genre.objects.all())


@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    genres = by_label(_GENRES.ask())
    is_member = request.user.is_authenticated
    asked = BrowseQuery.from_params(request.GET, genres, is_member=is_member)
    movies, has_order = asked.cards_for(request.user), True
    if movies is None:
        asked, has_order = asked.without_order(), False
        movies = asked.cards_for(request.user)
    facets = facets_for(asked, request.user, genres)
    page = page_of(request, movies, None if asked.order in personal_orders() else facets.n)
    context = {
        "asked": asked,
        "page": page,
        "near_titles": [] if page.object_list else asked.near_titles(),
        "is_too_early": not has_order and is_member,
        "facets": facets.facets,
        "orders": ORDERS,
        "personal_orders": personal_orders() if is_member else {},
    }
    return render(request, "movies/browse/browse.html", context)
