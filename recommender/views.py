"""What you may like, as pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from movies.cards import cards_in_order
from recommender import recommending

PICKS = 24
# Movies with the rating control at hand, for somebody who has rated nothing yet.
TO_RATE_FIRST = 12


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    picks = recommending.recommend(request.user, n=PICKS)
    movies = cards_in_order([item.movie_id for item in picks.items], request.user)
    context = {
        "movies": movies,
        "predicted": {item.movie_id: item.stars for item in picks.items},
        "first": movies[:TO_RATE_FIRST],
        "others": movies[TO_RATE_FIRST:],
    }
    page = "picks" if picks.source == "personal" else _welcome(request)
    return render(request, f"recommender/{page}.html", context)


def _welcome(request: HttpRequest) -> str:
    return "rate_first" if request.user.is_authenticated else "visitors"
