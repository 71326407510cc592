"""Views of the home page: picks, shelves, boldness, progress of the first refit."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.decorators import member_only
from accounts.forms import BoldnessForm
from accounts.models import Boldness
from movies.cards import cards_by_id, cards_in_order
from movies.imports.recorder import running_import
from movies.models import Movie, Rating
from movies.watching.tonight import AskedTonight, asked_tonight
from recommender.home.shelves import PER_SHELF, Shelves, shelves_for
from recommender.models import TrainingRun
from recommender.onboarding import questions
from recommender.serving.cards import PICKS, cards_for, cards_of_picks
from recommender.serving.recommend import Recommendations, recommend
from recommender.training.status import current_refit
from recommender.tryout.views import visitors_page

# Movies to rate next, below the shelves.
TO_RATE_NEXT = 3
# The same on the page of all shelves, which has to stay light: (movies a shelf, to rate next).
A_FEW_EACH = 4, 2
# Movies with a rating control for somebody who has rated nothing yet.
TO_RATE_FIRST = 12


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "recommender/home/visitors.html", visitors_page(request))
    tonight = asked_tonight(request.GET, request.user)
    # Without scripts a link leads to the shelves: a page of their own.
    wants_shelves = "all" in request.GET.getlist("shelves")
    if wants_shelves and (shelves := _shelves_below_picks(request, tonight, *A_FEW_EACH)).shelves:
        context = {**_shown(request, shelves), "tonight": tonight}
        return render(request, "recommender/home/shelves.html", context)
    picks = _picks_for(request, tonight)
    if picks.source == "personal":
        is_new = len(picks.folded_in.rated) < questions.ENOUGH
        context = {
            "cards": cards_of_picks(request.user, picks),
            "stops": Boldness.choices,
            "tonight": tonight,
            "is_new": is_new,
        }
        return render(request, "recommender/home/picks.html", context)
    return _rate_first(request, picks)


def _rate_first(request: HttpRequest, picks: Recommendations) -> HttpResponse:
    """The home page of a member without ratings: movies to rate, and popular ones."""
    if picks.run_id is None:
        # Without a model there are no questions to ask: the best loved, to rate and to see.
        n_rated = Rating.objects.of(request.user).count()
        context = {"first": picks.movies, "waits": True, **_long_work(request)}
        context["is_new"] = n_rated == 0
        return render(request, "recommender/home/rate_first.html", context)
    asked = questions.next_movies(request.user, TO_RATE_FIRST)
    context = {
        "first": cards_in_order(asked, request.user),
        "cards": cards_of_picks(request.user, picks),
        "is_new": True,
    }
    return render(request, "recommender/home/rate_first.html", context)


@require_safe
def learning(request: HttpRequest) -> HttpResponse:
    """Progress of the first refit, polled by the page; reloads the page when it is done."""
    if not request.htmx:
        return redirect("home")
    if TrainingRun.objects.active_id() is not None:
        return HttpResponseClientRefresh()
    return render(request, "recommender/home/_learning.html", _long_work(request))


def _long_work(request: HttpRequest) -> dict[str, Any]:
    """The running refit, for everybody, and the running import, for staff."""
    context: dict[str, Any] = {"learning": current_refit()}
    if request.user.is_staff and (run := running_import()):
        context |= {"importing": run, "work": run.progress}
    return context


@require_safe
@login_required
def shelves(request: HttpRequest) -> HttpResponse:
    """The shelves as a fragment, for the home page that shows the top picks already."""
    if not request.htmx:
        return redirect(f"{reverse('home')}?shelves=all")
    tonight = asked_tonight(request.GET, request.user)
    found = _shelves_below_picks(request, tonight, PER_SHELF, TO_RATE_NEXT)
    return render(request, "recommender/home/_shelves.html", _shown(request, found))


@require_POST
@member_only
def boldness(request: HttpRequest) -> HttpResponse:
    """Set how well known picks are; answers with the new list for htmx, else redirects."""
    form = BoldnessForm(request.POST, instance=request.user)
    if form.is_valid():
        form.save()
    tonight = asked_tonight(request.POST, request.user)
    if request.htmx:
        cards = cards_of_picks(request.user, _picks_for(request, tonight))
        context = {
            "cards": cards,
            "problem": form.problem(),
            "changed": True,
            "tonight": tonight,
        }
        status = 422 if form.errors else 200
        return render(request, "recommender/home/_picks.html", context, status=status)
    if form.errors:
        messages.error(request, form.problem())
    else:
        stop = request.user.get_boldness_display()
        messages.success(request, _("Your picks are now: %(stop)s.") % {"stop": stop})
    query = f"?{tonight.query}" if tonight.query else ""
    return redirect(f"{reverse('home')}{query}#boldness")


def _picks_for(request: HttpRequest, tonight: AskedTonight) -> Recommendations:
    find = partial(cards_by_id, user=request.user)
    return recommend(request.user, n=PICKS, find=find, within=tonight.within)


def _shelves_below_picks(
    request: HttpRequest, tonight: AskedTonight, n: int, n_to_rate: int
) -> Shelves:
    """The shelves without the movies of the top picks, of which only the ids are read."""
    find, within = Movie.objects.only("pk").in_bulk, tonight.within
    picks = recommend(request.user, n=PICKS, find=find, within=within)
    shown = [item.movie_id for item in picks.items]
    return shelves_for(request.user, shown, n=n, n_to_rate=n_to_rate, within=within)


def _shown(request: HttpRequest, found: Shelves) -> dict[str, Any]:
    """Context of `_shelves.html`."""
    shelves = [
        (shelf, cards_for(request.user, shelf.movies, found.predicted, found.because))
        for shelf in found.shelves
    ]
    return {"shelves": shelves, "to_rate": found.to_rate}
