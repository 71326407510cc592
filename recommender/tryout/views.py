"""Views for visitors who rate without an account."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from movies.cards import cards, cards_in_order
from movies.models import Movie
from movies.rating.forms import RateForm
from movies.search.search import LONGEST_QUERY
from recommender.serving.cards import PICKS, cards_for, cards_of_picks
from recommender.tryout import tryout

# More than one visitor is ever asked about on one page.
MAX_SHOWN = 200


@require_POST
def try_out(request: HttpRequest) -> HttpResponse:
    """Save a visitor's rating. For htmx, answers with the parts of the page that it changes."""
    if request.user.is_authenticated:
        return redirect("home")
    movie = get_object_or_404(Movie, pk=_number(request.POST.get("movie")))
    problem = ""
    try:
        _save(request, movie)
    except tryout.Refused as refusal:
        problem = str(refusal)
    if request.htmx:
        return _tried(request, movie, problem)
    if problem:
        messages.error(request, problem)
    return redirect(f"{reverse('home')}#try-out")


def _save(request: HttpRequest, movie: Movie) -> None:
    if "unseen" in request.POST:
        tryout.mark_unseen(request, movie)
        return
    form = RateForm(request.POST)
    if not form.is_valid():
        raise tryout.Refused(form.problem())
    stars, removed = form.cleaned_data["stars"], form.cleaned_data["remove"]
    token = request.POST.get("visit", "")
    tryout.rate(request, movie, None if removed else int(2 * stars), token)


def _tried(request: HttpRequest, movie: Movie, problem: str) -> HttpResponse:
    """The parts of the page that a rating changes.

    The list of movies to rate keeps what it has, so that the visitor's next rating is not lost;
    only what the visitor has not seen leaves it.
    """
    context, shown = visitors_page(request), _shown(request.POST)
    to_try = context["to_try"]
    context["fresh"] = [each for each in to_try if each.pk not in shown]
    if "unseen" in request.POST and not problem:
        context["gone"] = movie
    elif problem or "remove" in request.POST:
        ratings = tryout.ratings_of_visitor(request)
        again = cards_in_order([movie.pk], request.user)
        context["again"] = tryout.with_own_stars(again, ratings)
    context |= {"movie": movie, "problem": problem}
    status = 422 if problem else 200
    return render(request, "recommender/tryout/_tried.html", context, status=status)


def visitors_page(request: HttpRequest) -> dict[str, Any]:
    """Context of the home page for visitors: movies to rate, and recommendations.

    No movie is both asked about and recommended.
    """
    ratings = tryout.ratings_of_visitor(request)
    to_try = tryout.movies_to_try(request, ratings)
    query = request.GET.get("find", "")[:LONGEST_QUERY].replace("\0", "").strip()
    found = tryout.search_to_try(request, query, ratings)
    shown = _shown(request.POST or request.GET) - set(tryout.unseen_by_visitor(request))
    asked = shown | {movie.pk for movie in (*to_try, *found)}
    tried = tryout.recommend_to_visitor(request, ratings, asked)
    context = {
        "to_try": to_try,
        "n_tried": len(ratings),
        "visit": tryout.token_for_forms(request),
        "find": query,
        "found": found,
        "tried": tried,
    }
    if tried:
        return {**context, "cards": cards_of_picks(request.user, tried)}
    best = cards(Movie.objects.best_loved(), request.user)[: PICKS + len(asked)]
    loved = [movie for movie in best if movie.pk not in asked][:PICKS]
    return {**context, "cards": cards_for(request.user, loved)}


def _shown(given: QueryDict) -> set[int]:
    """Ids of the movies that the visitor's page asks about already."""
    return {_number(text) for text in given.getlist("shown")[:MAX_SHOWN]}


def _number(text: str | None) -> int:
    """A posted id; 0, which no row has, if it is not a number."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0
