"""Views that save, remove and restore a rating."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import member_only
from accounts.prepared import Prepared
from cfsite.lib.redirects import back_to
from movies import scales
from movies.cards import movie_of_card
from movies.models import Movie, Rating
from movies.rating import undo as undoing
from movies.rating.forms import RateForm
from movies.stars import to_stars

_RATING = Prepared(lambda user, movie: Rating.objects.filter(user=user, movie=movie))


@require_POST
@member_only
def rate(request: HttpRequest, pk: int) -> HttpResponse:
    movie = movie_of_card(pk, request.user)
    if movie is None:
        raise Http404
    before = next(iter(_RATING.ask(request.user.pk, pk)), None)
    form = RateForm(request.POST)
    if not form.is_valid():
        return _answer(request, movie, before, problem=form.problem())
    if form.cleaned_data["remove"]:
        Rating.objects.unrate(request.user, movie)
        return _answer(request, movie, None, before=before)
    try:
        rating = Rating.objects.rate(
            request.user,
            movie,
            form.cleaned_data["stars"],
            prediction_shown=form.cleaned_data["prediction_shown"],
        )
    except IntegrityError as error:  # deleted since we looked
        raise Http404 from error
    return _answer(request, movie, rating, before=before)


@require_POST
@member_only
def undo(request: HttpRequest) -> HttpResponse:
    try:
        movie, rating = undoing.undo(request.user, request.POST.get("sealed", ""))
    except (undoing.UndoError, IntegrityError):
        raise Http404(_("This can no longer be undone.")) from None
    return _answer(request, movie, rating, undoable=False)


def _answer(
    request: HttpRequest,
    movie: Movie,
    rating: Rating | None,
    *,
    before: Rating | None = None,
    problem: str = "",
    undoable: bool = True,
) -> HttpResponse:
    """What became of a rating: the status line for htmx, else a message on the page one was on."""
    stars = to_stars(rating.half_stars) if rating else None
    has_changed = undoable and not problem and (before or rating)
    sealed = undoing.seal(request.user, movie, before, rating) if has_changed else ""
    context = {"movie": movie, "stars": stars, "sealed": sealed, "problem": problem}
    if request.htmx:
        status = 422 if problem else 200
        response = render(request, "movies/rating/_rating_status.html", context, status=status)
        # The script sets the radio group to what is stored now.
        response["X-Stars"] = stars or ""
        if not problem:
            response["HX-Trigger"] = "rated"
        return response
    _say(request, context)
    return redirect(back_to(request, movie))


def _say(request: HttpRequest, context: dict[str, Any]) -> None:
    movie, stars = context["movie"], context["stars"]
    if context["problem"]:
        messages.error(request, context["problem"])
    elif stars is None:
        text = _("Your rating of %(title)s is removed.") % {"title": movie.title}
        # The tag carries the seal to the undo button beside the message.
        messages.success(request, text, extra_tags=context["sealed"])
    else:
        words = scales.active().in_words(stars)
        text = _("Saved: %(stars)s for %(title)s.") % {"title": movie.title, "stars": words}
        messages.success(request, text, extra_tags=context["sealed"])
