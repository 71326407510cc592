"""Onboarding pages: pick groups, rate a few movies, see the list. Every step can be skipped."""

from __future__ import annotations

from dataclasses import dataclass
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
from recommender.onboarding.answers import TooManyAnswers
from recommender.onboarding.forms import AnswerForm, FavouriteForm, GroupsForm
from recommender.onboarding.questions import ENOUGH, groups_to_pick, next_movies
from recommender.serving.user_state import onboarding_answers_of

if TYPE_CHECKING:
    from accounts.models import User

# Search results shown.
FOUND = 6


@dataclass(frozen=True)
class GroupChoice:
    """A group of movies to pick."""

    name: str
    movies: list[Movie]
    value: str  # of its checkbox
    picked: bool


@require_safe
@login_required
def groups(request: HttpRequest) -> HttpResponse:
    """Step one: pick groups of movies. Redirects to step two if there are none."""
    groups = groups_to_pick(request.user, onboarding_answers_of(request.user))
    shown = cards_in_order([pk for group in groups for pk in group.movie_ids], request.user)
    by_id = {movie.pk: movie for movie in shown}
    choices = [
        GroupChoice(
            name=group.name.text(movies[0].title),
            movies=movies,
            value="-".join(map(str, group.movie_ids)),
            picked=group.picked,
        )
        for group in groups
        if (movies := [by_id[pk] for pk in group.movie_ids if pk in by_id])
    ]
    if not choices:
        return redirect("start-rate")
    return render(request, "recommender/onboarding/groups.html", {"groups": choices})


@require_POST
@member_only
def pick(request: HttpRequest) -> HttpResponse:
    form = GroupsForm(request.POST)
    try:
        if not form.is_valid():
            raise TooManyAnswers
        answers.pick_groups(request.user, form.cleaned_data["groups"])
    except TooManyAnswers:
        messages.error(
            request, _("Nothing was saved: we couldn’t find those kinds of movies. Pick again.")
        )
        return redirect("start")
    return redirect("start-rate")


@require_safe
@login_required
def ask(request: HttpRequest) -> HttpResponse:
    """Step two: rate one movie after the other, or search for others."""
    asked = request.GET.get("movie", "")
    first = [int(asked)] if asked.isascii() and asked.isdigit() and len(asked) < 19 else []
    context = {**_question_context(request, first), **_favourites_context(request)}
    context["q"] = request.GET.get("q", "")[:LONGEST_QUERY].replace("\0", "").strip()
    if context["q"]:
        found = search(cards(Movie.objects.all(), request.user), context["q"])
        context["found"] = list(found[:FOUND])
    return render(request, "recommender/onboarding/rate.html", context)


@require_POST
@member_only
def answer(request: HttpRequest) -> HttpResponse:
    """Save an answer. The next question for htmx, else back to the page."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    movie = get_object_or_404(Movie.objects.for_cards(), pk=form.cleaned_data["movie"])
    try:
        message = _save(request.user, movie, form.cleaned_data)
    except IntegrityError as error:
        raise Http404 from error
    again = [movie.pk] if form.cleaned_data["seen_after_all"] else []
    if request.htmx:
        undo = movie if form.cleaned_data["unseen"] else None
        context = {
            **_question_context(request, again),
            "said": message,
            "undo": undo,
            "answered": True,
        }
        return render(request, "recommender/onboarding/_asking.html", context)
    if message:
        messages.success(request, message)
    return redirect(reverse("start-rate") + (f"?movie={movie.pk}" if again else ""))


def _save(user: User, movie: Movie, given: dict[str, Any]) -> str:
    """Save the answer; returns a message for the user."""
    if given["seen_after_all"]:
        answers.unmark_unseen(user, movie)
        return ""
    if given["unseen"]:
        answers.mark_unseen(user, movie)
        return _("We won’t ask about %(title)s again.") % {"title": movie.title}
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
        context = {**_question_context(request, [movie_id]), "problem": form.problem()}
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
    change = answers.add_favourite if form.cleaned_data["on"] else answers.remove_favourite
    problem = ""
    try:
        change(request.user, movie)
    except IntegrityError as error:
        raise Http404 from error
    except TooManyAnswers:
        problem = _("You can’t have more favourites than that. Rate the others instead.")
    if request.htmx:
        context = {**_favourites_context(request), "problem": problem}
        status = 422 if problem else 200
        return render(request, "recommender/onboarding/_favourites.html", context, status=status)
    if problem:
        messages.error(request, problem)
    return redirect(reverse("start-rate") + "#own")


def _question_context(request: HttpRequest, first: list[int]) -> dict[str, Any]:
    """Context of the question: the movie (of `first` if possible) and the user's progress."""
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


def _favourites_context(request: HttpRequest) -> dict[str, Any]:
    return {
        "favourites": cards_in_order(onboarding_answers_of(request.user).favourites, request.user)
    }
