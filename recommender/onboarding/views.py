"""The first minute, as pages: pick groups, rate a few, see the list. Every step can be skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import member_only
from movies.cards import cards, cards_in_order
from movies.models import Movie, Rating
from movies.search.search import LONGEST_QUERY, search
from movies.templatetags.stars import in_words
from recommender.onboarding import answers
from recommender.onboarding.answers import TooMany
from recommender.onboarding.forms import AnswerForm, FavouriteForm, GroupsForm
from recommender.onboarding.questions import ENOUGH, groups_to_pick, next_movies
from recommender.serving.user_state import onboarding_answers_of

if TYPE_CHECKING:
    from accounts.models import User

FOUND = 6


@require_safe
@login_required
def groups(request: HttpRequest) -> HttpResponse:
    """Step one: which kinds of movies? Goes straight to step two where there is nothing to pick."""
    choices = groups_to_pick(request.user, onboarding_answers_of(request.user))
    shown = cards_in_order([pk for choice in choices for pk in choice.movie_ids], request.user)
    by_id = {movie.pk: movie for movie in shown}
    rows = [
        {
            "movies": [by_id[pk] for pk in choice.movie_ids if pk in by_id],
            "value": "-".join(map(str, choice.movie_ids)),
            "picked": choice.picked,
        }
        for choice in choices
    ]
    rows = [row for row in rows if row["movies"]]
    if not rows:
        return redirect("start-rate")
    return render(request, "recommender/onboarding/groups.html", {"groups": rows})


@require_POST
@member_only
def pick(request: HttpRequest) -> HttpResponse:
    form = GroupsForm(request.POST)
    try:
        if not form.is_valid():
            raise TooMany
        answers.pick_groups(request.user, form.cleaned_data["groups"])
    except TooMany:
        messages.error(request, _("Nothing was kept: there are no such groups. Pick again."))
        return redirect("start")
    return redirect("start-rate")


@require_safe
@login_required
def ask(request: HttpRequest) -> HttpResponse:
    """Step two: one movie after the other, and a search for one's own."""
    asked = request.GET.get("movie", "")
    first = [int(asked)] if asked.isascii() and asked.isdigit() and len(asked) < 19 else []
    context = {**_asking(request, first), **_favourites(request)}
    context["q"] = request.GET.get("q", "")[:LONGEST_QUERY].replace("\0", "").strip()
    if context["q"]:
        found = search(cards(Movie.objects.all(), request.user), context["q"])
        context["found"] = list(found[:FOUND])
    return render(request, "recommender/onboarding/rate.html", context)


@require_POST
@member_only
def answer(request: HttpRequest) -> HttpResponse:
    """Keep what was said of a movie: the next question for htmx, else back to the page."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    movie = get_object_or_404(Movie.objects.for_cards(), pk=form.cleaned_data["movie"])
    try:
        said = _keep(request.user, movie, form.cleaned_data)
    except IntegrityError as error:
        raise Http404 from error
    again = [movie.pk] if form.cleaned_data["seen_after_all"] else []
    if request.htmx:
        undo = movie if form.cleaned_data["unseen"] else None
        context = {**_asking(request, again), "said": said, "undo": undo, "answered": True}
        return render(request, "recommender/onboarding/_asking.html", context)
    if said:
        messages.success(request, said)
    return redirect(reverse("start-rate") + (f"?movie={movie.pk}" if again else ""))


def _keep(user: User, movie: Movie, given: dict[str, Any]) -> str:
    """Do what the form says; what was done, in words."""
    if given["seen_after_all"]:
        answers.seen_after_all(user, movie)
        return ""
    if given["unseen"]:
        answers.not_seen(user, movie)
        return _("Not seen: %(title)s.") % {"title": movie.title}
    Rating.objects.rate(user, movie, given["stars"])
    return _("Saved: %(stars)s for %(title)s.") % {
        "title": movie.title,
        "stars": in_words(given["stars"]),
    }


def _refused(request: HttpRequest, form: AnswerForm) -> HttpResponse:
    if "movie" in form.errors:
        raise Http404
    movie_id = form.cleaned_data["movie"]
    if request.htmx:
        context = {**_asking(request, [movie_id]), "problem": form.problem()}
        return render(request, "recommender/onboarding/_asking.html", context, status=422)
    messages.error(request, form.problem())
    return redirect(reverse("start-rate") + f"?movie={movie_id}")


@require_POST
@member_only
def favourite(request: HttpRequest) -> HttpResponse:
    form = FavouriteForm(request.POST)
    if not form.is_valid():
        raise Http404
    movie = get_object_or_404(Movie, pk=form.cleaned_data["movie"])
    change = answers.name_favourite if form.cleaned_data["on"] else answers.drop_favourite
    problem = ""
    try:
        change(request.user, movie)
    except IntegrityError as error:
        raise Http404 from error
    except TooMany:
        problem = _("That is as many favourites as we keep. Rate the others instead.")
    if request.htmx:
        context = {**_favourites(request), "problem": problem}
        status = 422 if problem else 200
        return render(request, "recommender/onboarding/_favourites.html", context, status=status)
    if problem:
        messages.error(request, problem)
    return redirect(reverse("start-rate") + "#own")


def _asking(request: HttpRequest, first: list[int]) -> dict[str, Any]:
    """The movie asked about (`first`, if it can be asked about) and how far the person is."""
    user = request.user
    rated = Rating.objects.of(user)
    latest = list(rated.newest_first().values_list("movie_id", flat=True)[:ENOUGH])
    n_ratings = len(latest) if len(latest) < ENOUGH else rated.count()
    ids = [pk for pk in first if not rated.filter(movie=pk).exists()] or next_movies(user)
    movies = {movie.pk: movie for movie in cards_in_order([*ids, *latest], user)}
    if not any(pk in movies for pk in ids):
        ids = next_movies(user)
        movies |= {movie.pk: movie for movie in cards_in_order(ids, user)}
    slots = [movies[pk] for pk in reversed(latest) if pk in movies]
    return {
        "movie": next((movies[pk] for pk in ids if pk in movies), None),
        "slots": slots + [None] * (ENOUGH - len(slots)),
        "n_ratings": n_ratings,
        "enough": ENOUGH,
        "is_enough": n_ratings >= ENOUGH,
    }


def _favourites(request: HttpRequest) -> dict[str, Any]:
    return {
        "favourites": cards_in_order(onboarding_answers_of(request.user).favourites, request.user)
    }
