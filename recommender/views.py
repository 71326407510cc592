"""What you may like, as pages."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.forms import BoldnessForm
from movies.cards import cards, cards_by_id, cards_in_order
from movies.forms import RateForm
from movies.import_runs import importing_now
from movies.models import Movie
from movies.views import member_only
from recommender import reasons, recommending, tryout
from recommender.accuracy_page import accuracy_page
from recommender.learning import learning_now
from recommender.models import TrainingRun
from recommender.onboarding import questions as onboarding_questions
from recommender.shelves import PER_SHELF, Shelves, shelves_for
from recommender.similar_page import similar_page

PICKS = 12
# Movies to rate next, below the shelves.
TO_RATE_NEXT = 3
# Movies of a shelf and to rate next where all shelves are one page, which is to stay light.
A_FEW_EACH = 4, 2
# Movies with the rating control at hand, for somebody who has rated nothing yet.
TO_RATE_FIRST = 12


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "recommender/visitors.html", _visitors_page(request))
    # Without a script a link asks for the shelves: a page of their own.
    wants_shelves = "all" in request.GET.getlist("shelves")
    if wants_shelves and (board := _shelves_beside_picks(request, *A_FEW_EACH)).shelves:
        return render(request, "recommender/shelves.html", {"board": board})
    picks = _picks_for(request)
    context = _cards_of(picks)
    if picks.source == "personal":
        context["is_new"] = len(picks.person.rated) < onboarding_questions.ENOUGH
        return render(request, "recommender/picks.html", context)
    if picks.run_id is None:
        # Nothing is learned yet that would say what to ask: the best loved, to rate and to see.
        context |= {"first": picks.movies, "waits": True, **_long_work(request)}
        return render(request, "recommender/rate_first.html", context)
    asked = onboarding_questions.next_movies(request.user, TO_RATE_FIRST)
    first = cards_in_order(asked, request.user)
    context |= {"first": first, "others": context["movies"], "is_new": True}
    return render(request, "recommender/rate_first.html", context)


@require_safe
def learning(request: HttpRequest) -> HttpResponse:
    """How far the first refit is, for a page that asks again and again; reloads it when done."""
    if not request.htmx:
        return redirect("home")
    if TrainingRun.objects.active_id() is not None:
        return HttpResponseClientRefresh()
    return render(request, "recommender/_learning.html", _long_work(request))


def _long_work(request: HttpRequest) -> dict[str, Any]:
    """What runs now: the refit for everybody, an import for those who run the site."""
    context: dict[str, Any] = {"learning": learning_now()}
    if request.user.is_staff and (run := importing_now()):
        context |= {"importing": run, "work": run.progress}
    return context


@require_safe
@login_required
def shelves(request: HttpRequest) -> HttpResponse:
    """The rows below the top picks, for the page that has shown those already."""
    if not request.htmx:
        return redirect(f"{reverse('home')}?shelves=all")
    board = _shelves_beside_picks(request, PER_SHELF, TO_RATE_NEXT)
    return render(request, "recommender/_shelves.html", {"board": board})


@require_POST
def try_out(request: HttpRequest) -> HttpResponse:
    """A visitor's rating: the list changes at once, nothing but their session keeps it."""
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
    """The parts that a visitor's rating changes. The list they rate in stays where it is, with
    whatever they are about to say of the next movie."""
    context, shown = _visitors_page(request), set(request.POST.getlist("shown"))
    to_try = context["to_try"]
    context["fresh"] = [each for each in to_try if str(each.pk) not in shown]
    if problem or "remove" in request.POST:
        context["again"] = [each for each in to_try if each.pk == movie.pk]
    context |= {"movie": movie, "problem": problem}
    status = 422 if problem else 200
    return render(request, "recommender/_tried.html", context, status=status)


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
    find = partial(cards_by_id, user=request.user)
    return recommending.recommend(request.user, n=PICKS, find=find)


def _cards_of(picks: recommending.Recommendations) -> dict[str, Any]:
    return {
        "movies": picks.movies,
        "predicted": {item.movie_id: item.stars for item in picks.items},
        "because": reasons.in_short(picks),
    }


def _shelves_beside_picks(request: HttpRequest, n: int, n_to_rate: int) -> Shelves:
    """Shelves without what the top picks show; of those only the ids are read."""
    find = Movie.objects.only("pk").in_bulk
    picks = recommending.recommend(request.user, n=PICKS, find=find)
    beside = [item.movie_id for item in picks.items]
    return shelves_for(request.user, beside, n=n, n_to_rate=n_to_rate)


def _visitors_page(request: HttpRequest) -> dict[str, Any]:
    """The try-out, and what is loved here."""
    ratings = tryout.tried(request)
    tried = tryout.list_of(request, ratings)
    context = {"to_try": tryout.movies_to_try(request, ratings), "n_tried": len(ratings)}
    context |= {"visit": tryout.token_for_forms(request)}
    context |= {"enough": tryout.ENOUGH, "tried": tried}
    if tried:
        return {**context, **_cards_of(tried)}
    loved = cards(Movie.objects.best_loved(), request.user)[:PICKS]
    return {**context, "movies": loved}


def _number(text: str | None) -> int:
    """An id as forms send it; 0, which no row has, for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0
