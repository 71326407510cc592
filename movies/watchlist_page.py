from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from movies.cards import cards
from movies.models import Mark, Movie
from movies.views import page_of


@require_safe
@login_required
def watchlist(request: HttpRequest) -> HttpResponse:
    own = Movie.objects.filter(marks__user=request.user, marks__kind=Mark.Kind.WATCHLIST)
    newest = cards(own, request.user).order_by("-marks__created_at", "-marks__pk")
    return render(request, "movies/watchlist.html", {"page": page_of(request, newest)})
