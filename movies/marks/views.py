"""Setting and removing marks, on the movie page or any card, with undo."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.decorators import member_only
from cfsite.lib.web.redirects import back_to
from movies.models import Mark, Movie, Viewing
from movies.movie_page.diary_box import today
from movies.rating import undo
from movies.rating.forms import MarkForm

# Tells templates/_messages.html that the undo button of a message is for a mark.
SEAL_TAG = "mark."
# Where rating in place says what became of a click (templates/movies/rating/_rate_here.html).
TOAST = "toast"

Words = str | Promise
SET_MESSAGES: dict[str, Words] = {
    Mark.Kind.WATCHLIST: gettext_lazy("Added %(title)s to your watchlist."),
    Mark.Kind.NOT_INTERESTED: gettext_lazy("Not interested: we won’t recommend %(title)s to you."),
    Mark.Kind.SEEN: gettext_lazy("Marked as watched: %(title)s."),
}
UNHIDDEN = gettext_lazy("We may recommend %(title)s to you again.")
REMOVED_MESSAGES: dict[str, Words] = {
    Mark.Kind.WATCHLIST: gettext_lazy("Removed %(title)s from your watchlist."),
    Mark.Kind.NOT_INTERESTED: UNHIDDEN,
    Mark.Kind.SEEN: UNHIDDEN,
}


@require_POST
@member_only
def set_mark(request: HttpRequest, pk: int) -> HttpResponse:
    movie = get_object_or_404(Movie.objects.for_cards(), pk=pk)
    form = MarkForm(request.POST)
    if not form.is_valid():
        return HttpResponse(
            _("That isn’t something you can mark a movie as."),
            status=422,
            content_type="text/plain",
        )
    kind, on = form.cleaned_data["kind"], form.cleaned_data["on"]
    before = Mark.objects.filter(user=request.user, movie=movie, kind=kind).first()
    change = Mark.objects.add if on else Mark.objects.remove
    try:
        change(request.user, movie, kind)
    except IntegrityError as error:
        raise Http404 from error
    sealed = undo.seal_mark(request.user, movie, kind, before) if bool(before) != on else ""
    return _respond(request, movie, kind, on, sealed)


@require_POST
@member_only
def undo_mark(request: HttpRequest) -> HttpResponse:
    try:
        sealed = request.POST.get("sealed", "").removeprefix(SEAL_TAG)
        movie, kind, on = undo.undo_mark(request.user, sealed)
    except (undo.UndoError, IntegrityError):
        raise Http404(_("It’s too late to undo that.")) from None
    return _respond(request, movie, kind, on, sealed="")


def message(movie: Movie, kind: str, on: bool) -> str:
    return str((SET_MESSAGES if on else REMOVED_MESSAGES)[kind]) % {"title": movie.title}


def _respond(request: HttpRequest, movie: Movie, kind: str, on: bool, sealed: str) -> HttpResponse:
    """A toast, the mark buttons of the movie page, or a message on the previous page."""
    if not request.htmx:
        messages.success(request, message(movie, kind, on), extra_tags=sealed and SEAL_TAG + sealed)
        return redirect(back_to(request, movie))
    context = {"movie": movie, "kind": kind, "on": on, "sealed": sealed}
    if request.htmx.target == TOAST:
        context |= {"message": message(movie, kind, on), "today": today()}
        return render(request, "movies/marks/_toast.html", context)
    own = Mark.objects.filter(user=request.user, movie=movie)
    marks = set(own.values_list("kind", flat=True))
    viewings = Viewing.objects.of(request.user).filter(movie=movie)
    context = {"movie": movie, "marks": marks, "is_in_diary": viewings.exists()}
    return render(request, "movies/marks/_marks.html", context)
