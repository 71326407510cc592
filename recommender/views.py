"""What you may like, as pages."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.forms import BoldnessForm
from movies.cards import cards
from movies.models import Movie
from movies.views import member_only
from recommender import reasons, recommending
from recommender.accuracy_page import accuracy_page
from recommender.similar_page import similar_page

PICKS = 24
# Movies with the rating control at hand, for somebody who has rated nothing yet.
TO_RATE_FIRST = 12


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    picks = _picks_for(request)
    context = _cards_of(picks)
    movies = context["movies"]
    context |= {"first": movies[:TO_RATE_FIRST], "others": movies[TO_RATE_FIRST:]}
    page = "picks" if picks.source == "personal" else _welcome(request)
    return render(request, f"recommender/{page}.html", context)


@require_POST
@member_only
def boldness(request: HttpRequest) -> HttpResponse:
    """How well known the picks are to be: the list itself for htmx, else back to where it is."""
    form = BoldnessForm(request.POST, instance=request.user)
    if form.is_valid():
        form.save()
    if request.htmx:
        picks = _picks_for(request)
        context = {**_cards_of(picks), "problem": form.problem(), "changed": True}
        status = 422 if form.errors else 200
        return render(request, "recommender/_picks.html", context, status=status)
    if form.errors:
        messages.error(request, form.problem())
    else:
        stop = request.user.get_boldness_display()
        messages.success(request, _("Your picks are now: %(stop)s.") % {"stop": stop})
    return redirect(reverse("home") + "#boldness")


@require_safe
def accuracy(request: HttpRequest) -> HttpResponse:
    """How good the predictions are, for everybody to see."""
    return render(request, "recommender/accuracy.html", accuracy_page())


@require_safe
def similar(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of a movie's page with similar movies, steered as the address says."""
    movie = get_object_or_404(Movie.objects.for_cards(), pk=pk)
    if not request.htmx:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(f"{movie.get_absolute_url()}{query}#similar")
    return render(request, "recommender/_similar.html", similar_page(request, movie))


def _picks_for(request: HttpRequest) -> recommending.Recommendations:
    find = cards(Movie.objects.all(), request.user).in_bulk
    return recommending.recommend(request.user, n=PICKS, find=find)


def _cards_of(picks: recommending.Recommendations) -> dict[str, Any]:
    return {
        "movies": picks.movies,
        "predicted": {item.movie_id: item.stars for item in picks.items},
        "because": reasons.in_short(picks),
    }


def _welcome(request: HttpRequest) -> str:
    return "rate_first" if request.user.is_authenticated else "visitors"
