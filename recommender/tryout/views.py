"""Views for visitors who rate without an account."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from movies.cards import cards
from movies.models import Movie
from movies.rating.forms import RateForm
from recommender.serving.cards import PICKS, cards_for, cards_of_picks
from recommender.tryout import tryout


@require_POST
def try_out(request: HttpRequest) -> HttpResponse:
    """Save a visitor's rating. For htmx, answers with the parts of the page that it changes."""
    if request.user.is_authenticated:
        return redirect("home")
    movie = get_object_or_404(Movie, pk=_number(request.POST.get("movie")))
    form, problem = RateForm(request.POST), ""
    try:
        if not form.is_valid():
            raise tryout.Refused(form.problem())
        stars, removed = form.cleaned_data["stars"], form.cleaned_data["remove"]
        token = request.POST.get("visit", "")
        tryout.rate(request, movie, None if removed else int(2 * stars), token)
    except tryout.Refused as refusal:
        problem = str(refusal)
    if request.htmx:
        return _tried(request, movie, problem)
    if problem:
        messages.error(request, problem)
    return redirect(f"{reverse('home')}#try-out")


def _tried(request: HttpRequest, movie: Movie, problem: str) -> HttpResponse:
    """The parts of the page that a rating changes.

    The list of movies to rate only grows, so that the visitor's next rating is not lost.
    """
    context, shown = visitors_page(request), set(request.POST.getlist("shown"))
    to_try = context["to_try"]
    context["fresh"] = [each for each in to_try if str(each.pk) not in shown]
    if problem or "remove" in request.POST:
        context["again"] = [each for each in to_try if each.pk == movie.pk]
    context |= {"movie": movie, "problem": problem}
    status = 422 if problem else 200
    return render(request, "recommender/tryout/_tried.html", context, status=status)


def visitors_page(request: HttpRequest) -> dict[str, Any]:
    """Context of the home page for visitors: movies to rate, and recommendations."""
    ratings = tryout.ratings_of_visitor(request)
    tried = tryout.recommend_to_visitor(request, ratings)
    context = {"to_try": tryout.movies_to_try(request, ratings), "n_tried": len(ratings)}
    context |= {"visit": tryout.token_for_forms(request)}
    context |= {"enough": tryout.ENOUGH, "tried": tried}
    if tried:
        return {**context, "cards": cards_of_picks(request.user, tried)}
    loved = cards(Movie.objects.best_loved(), request.user)[:PICKS]
    return {**context, "cards": cards_for(request.user, loved)}


def _number(text: str | None) -> int:
    """A posted id; 0, which no row has, if it is not a number."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0
