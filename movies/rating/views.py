"""Views that save, remove and restore a rating."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import member_only
from cfsite.lib.web.redirects import back_to, came_from
from movies import scales
from movies.cards import movie_of_card
from movies.models import Movie, Rating
from movies.movie_page.diary_box import today
from movies.rating import undo as rating_undo
from movies.rating.forms import RateForm


@require_http_methods(["GET", "HEAD", "POST"])
@member_only
def rate(request: HttpRequest, pk: int) -> HttpResponse:
    """Save or remove a rating; GET: the page with its form, for walls without scripts."""
    movie = movie_of_card(pk, request.user)
    if movie is None:
        raise Http404
    if request.method != "POST":
        context = {
            "movie": movie,
            "back": came_from(request, movie),
            "prediction_shown": "predicted" in request.GET,
        }
        return render(request, "movies/rating/rate.html", context)
    now = timezone.now()
    before = Rating.objects.of(request.user).filter(movie=movie).first()
    form = RateForm(request.POST)
    if not form.is_valid():
        return _respond(request, movie, before, problem=form.problem())
    if form.cleaned_data["remove"]:
        Rating.objects.unrate(request.user, movie)
        return _respond(request, movie, None, sealed=_seal(request, movie, before, None, now))
    try:
        rating = Rating.objects.rate(
            request.user,
            movie,
            form.cleaned_data["stars"],
            prediction_shown=form.cleaned_data["prediction_shown"],
        )
    except IntegrityError as error:  # the movie was deleted since it was read
        raise Http404 from error
    return _respond(request, movie, rating, sealed=_seal(request, movie, before, rating, now))


@require_POST
@member_only
def undo(request: HttpRequest) -> HttpResponse:
    try:
        movie, rating = rating_undo.undo(request.user, request.POST.get("sealed", ""))
    except (rating_undo.UndoError, IntegrityError):
        raise Http404(_("It’s too late to undo that.")) from None
    return _respond(request, movie, rating)


def _seal(
    request: HttpRequest,
    movie: Movie,
    before: Rating | None,
    after: Rating | None,
    changed_at: datetime,
) -> str:
    """For the undo button; "" if nothing changed."""
    if not before and not after:
        return ""
    return rating_undo.seal(request.user, movie, before, after, changed_at)


def _respond(
    request: HttpRequest,
    movie: Movie,
    rating: Rating | None,
    *,
    sealed: str = "",
    problem: str = "",
) -> HttpResponse:
    """The status line for htmx; else a message on the page that the form came from.

    rating: what is stored now.
    """
    stars = rating.stars if rating else None
    if request.htmx:
        context = {
            "stars": stars,
            "sealed": sealed,
            "problem": problem,
            "movie": movie,
            "today": today(),
        }
        status = 422 if problem else 200
        response = render(request, "movies/rating/_rating_status.html", context, status=status)
        # The script sets the radio buttons to what is stored now.
        response["X-Stars"] = stars or ""
        if not problem:
            response["HX-Trigger"] = "rated"
        return response
    if problem:
        messages.error(request, problem)
    else:
        # The tag carries the seal to the undo button beside the message.
        messages.success(request, _outcome(movie, stars), extra_tags=sealed)
    return redirect(back_to(request, movie))


def _outcome(movie: Movie, stars: float | None) -> str:
    if stars is None:
        return _("Removed your rating of %(title)s.") % {"title": movie.title}
    words = scales.active().in_words(stars)
    return _("Saved: %(stars)s for %(title)s.") % {"title": movie.title, "stars": words}
