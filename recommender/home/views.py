"""Views of the home page: picks, shelves, boldness, progress of the first refit."""

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
from movies.cards import cards_by_id, cards_in_order
from movies.imports.recorder import running_import
from movies.models import Movie
from recommender.cards import PICKS, cards_of
from recommender.home.shelves import PER_SHELF, Shelves, shelves_for
from recommender.models import TrainingRun
from recommender.onboarding import questions as onboarding_questions
from recommender.serving import recommend
from recommender.training.status import learning_now
from recommender.tryout.views import visitors_page

# Movies to rate next, below the shelves.
TO_RATE_NEXT = 3
# Movies of a shelf and to rate next where all shelves are one page, which is to stay light.
A_FEW_EACH = 4, 2
# Movies with the rating control at hand, for somebody who has rated nothing yet.
TO_RATE_FIRST = 12


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "recommender/home/visitors.html", visitors_page(request))
    # Without a script a link asks for the shelves: a page of their own.
    wants_shelves = "all" in request.GET.getlist("shelves")
    if wants_shelves and (board := _shelves_beside_picks(request, *A_FEW_EACH)).shelves:
        return render(request, "recommender/home/shelves.html", {"board": board})
    picks = _picks_for(request)
    context = cards_of(picks)
    if picks.source == "personal":
        context["is_new"] = len(picks.person.rated) < onboarding_questions.ENOUGH
        return render(request, "recommender/home/picks.html", context)
    if picks.run_id is None:
        # Nothing is learned yet that would say what to ask: the best loved, to rate and to see.
        context |= {"first": picks.movies, "waits": True, **_long_work(request)}
        return render(request, "recommender/home/rate_first.html", context)
    asked = onboarding_questions.next_movies(request.user, TO_RATE_FIRST)
    first = cards_in_order(asked, request.user)
    context |= {"first": first, "others": context["movies"], "is_new": True}
    return render(request, "recommender/home/rate_first.html", context)


@require_safe
def learning(request: HttpRequest) -> HttpResponse:
    """How far the first refit is, for a page that asks again and again; reloads it when done."""
    if not request.htmx:
        return redirect("home")
    if TrainingRun.objects.active_id() is not None:
        return HttpResponseClientRefresh()
    return render(request, "recommender/home/_learning.html", _long_work(request))


def _long_work(request: HttpRequest) -> dict[str, Any]:
    """What runs now: the refit for everybody, an import for those who run the site."""
    context: dict[str, Any] = {"learning": learning_now()}
    if request.user.is_staff and (run := running_import()):
        context |= {"importing": run, "work": run.progress}
    return context


@require_safe
@login_required
def shelves(request: HttpRequest) -> HttpResponse:
    """The rows below the top picks, for the page that has shown those already."""
    if not request.htmx:
        return redirect(f"{reverse('home')}?shelves=all")
    board = _shelves_beside_picks(request, PER_SHELF, TO_RATE_NEXT)
    return render(request, "recommender/home/_shelves.html", {"board": board})


@require_POST
@member_only
def boldness(request: HttpRequest) -> HttpResponse:
    """How well known the picks are to be: the list itself for htmx, else back to where it is."""
    form = BoldnessForm(request.POST, instance=request.user)
    if form.is_valid():
        form.save()
    if request.htmx:
        picks = _picks_for(request)
        context = {**cards_of(picks), "problem": form.problem(), "changed": True}
        status = 422 if form.errors else 200
        return render(request, "recommender/home/_picks.html", context, status=status)
    if form.errors:
        messages.error(request, form.problem())
    else:
        stop = request.user.get_boldness_display()
        messages.success(request, _("Your picks are now: %(stop)s.") % {"stop": stop})
    return redirect(reverse("home") + "#boldness")


def _picks_for(request: HttpRequest) -> recommend.Recommendations:
    find = partial(cards_by_id, user=request.user)
    return recommend.recommend(request.user, n=PICKS, find=find)


def _shelves_beside_picks(request: HttpRequest, n: int, n_to_rate: int) -> Shelves:
    """Shelves without what the top picks show; of those only the ids are read."""
    find = Movie.objects.only("pk").in_bulk
    picks = recommend.recommend(request.user, n=PICKS, find=find)
    beside = [item.movie_id for item in picks.items]
    return shelves_for(request.user, beside, n=n, n_to_rate=n_to_rate)
