"""The diary, one movie's part of it, and adding, editing and deleting viewings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import member_only
from cfsite.lib.web.pagination import page_of
from cfsite.lib.web.redirects import back_to
from movies.diary.forms import QuickViewingForm, ViewingForm, date_fields
from movies.diary.presentation import diary_rows
from movies.diary.query import (
    ORDERS,
    UNKNOWN,
    DiaryQuery,
    for_rows,
    is_tag,
    tags_of,
    years_of_diary,
)
from movies.models import Movie, Viewing
from movies.movie_page.diary_box import diary_box, earlier_lines, in_words
from movies.movie_page.history import history_of
from movies.periods import Period

PER_PAGE = 20


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@require_safe
@login_required
def diary(request: HttpRequest) -> HttpResponse:
    asked = DiaryQuery.from_params(request.GET)
    viewings = for_rows(asked.of(request.user))
    page = page_of(request, viewings, per_page=PER_PAGE)
    context: dict[str, Any] = {"asked": asked, "page": page, "rows": diary_rows(page)}
    if page.object_list or asked.is_filtered:
        context |= {
            "orders": ORDERS,
            "periods": _periods(asked, years_of_diary(request.user)),
            "tags": [
                Option(tag.name, f"{tag.name} ({tag.n})", is_tag(tag, asked.tag))
                for tag in tags_of(request.user)
            ],
        }
    return render(request, "movies/diary/diary.html", context)


def _periods(asked: DiaryQuery, years: list[int]) -> list[Option]:
    """The years with viewings, the chosen month or day, and unknown dates."""
    chosen = asked.when_value
    options = [Option(f"{year:04}", str(year), chosen == f"{year:04}") for year in years]
    if asked.when and chosen not in [option.value for option in options]:
        options.append(Option(chosen, asked.when.in_words, is_chosen=True))
    return [*options, Option(UNKNOWN, _("date unknown"), asked.undated)]


@require_http_methods(["GET", "HEAD", "POST"])
@member_only
def movie(request: HttpRequest, pk: int) -> HttpResponse:
    """The viewings of one movie, and the form that adds one."""
    movie = get_object_or_404(Movie.objects.for_cards(), pk=pk)
    if request.method == "POST" and "on" in request.POST:
        return _add_day(request, movie)
    own = Viewing.objects.of(request.user).filter(movie=movie)
    if request.method == "POST":
        form = ViewingForm(request.POST)
        if form.is_valid():
            viewing = _saved(form.add, request.user, movie)
            messages.success(request, _added(movie, viewing))
            return redirect(movie)
    else:
        today = date_fields(Period.of_day(timezone.localdate()))
        form = ViewingForm(initial={**today, "is_rewatch": own.exists()})
    viewings = for_rows(own.latest_first())
    context = {
        "movie": movie,
        "form": form,
        "rows": diary_rows(viewings),
        "earlier": earlier_lines(history_of(movie, request.user)),
    }
    status = 200 if not form.errors else 422
    return render(request, "movies/diary/movie.html", context, status=status)


def _add_day(request: HttpRequest, movie: Movie) -> HttpResponse:
    """The quick form: a day, and a rewatch if the diary has the movie already.

    Sent twice, it adds the day once.
    """
    form = QuickViewingForm(request.POST)
    if not form.is_valid():
        problem = form.errors["on"][0]
        if not request.htmx:
            messages.error(request, problem)
            return redirect(back_to(request, movie))
        # The box of the movie page still has its form.
        in_box = "in_box" in request.POST
        context = {
            "problem": problem,
            "movie": movie,
            "today": request.POST["on"],
            "in_box": in_box,
        }
        return render(request, "movies/diary/_to_diary.html", context, status=422)
    watched = form.cleaned_data["on"]
    own = Viewing.objects.of(request.user).filter(movie=movie)
    viewing = own.during(watched).first()
    if is_new := viewing is None:
        log = Viewing.objects.log
        viewing = _saved(log, request.user, movie, watched, is_rewatch=own.exists())
    if not request.htmx:
        messages.success(request, _added(movie, viewing))
        return redirect(back_to(request, movie))
    return _answer(request, movie, viewing, is_new=is_new)


@require_http_methods(["GET", "HEAD", "POST"])
@member_only
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    viewing = _own_viewing(request, pk)
    if request.method == "POST":
        form = ViewingForm(request.POST)
        if form.is_valid():
            form.edit(viewing)
            messages.success(request, _("Saved: %(title)s in your diary.") % _titled(viewing))
            return redirect(back_to(request, "diary:diary"))
    else:
        form = ViewingForm(initial=ViewingForm.initial_of(viewing))
    context = {"viewing": viewing, "movie": viewing.movie, "form": form}
    status = 200 if not form.errors else 422
    return render(request, "movies/diary/edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_only
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first, unless it undoes what was added a moment ago."""
    viewing = _own_viewing(request, pk)
    when = in_words(viewing.watched)
    if request.method != "POST":
        context = {"viewing": viewing, "movie": viewing.movie, "when": when}
        return render(request, "movies/diary/delete.html", context)
    viewing.delete()
    if request.htmx:
        return _answer(request, viewing.movie, None)
    words = {**_titled(viewing), "when": when}
    messages.success(request, _("Removed from your diary: %(title)s (%(when)s).") % words)
    return redirect("diary:diary")


def _answer(
    request: HttpRequest, movie: Movie, viewing: Viewing | None, *, is_new: bool = False
) -> HttpResponse:
    """What became of it, beside the stars or in the toast; and the box of the movie's page."""
    context = {
        "movie": movie,
        "viewing": viewing,
        "when": in_words(viewing.watched) if viewing else "",
        "is_new": is_new,
        "box": diary_box(movie, history_of(movie, request.user)),
    }
    return render(request, "movies/diary/_answer.html", context)


def _saved(save: Any, *args: Any, **kwargs: Any) -> Viewing:
    try:
        return save(*args, **kwargs)
    except IntegrityError as error:  # the movie was deleted since it was read
        raise Http404 from error


def _own_viewing(request: HttpRequest, pk: int) -> Viewing:
    own = Viewing.objects.of(request.user).select_related("movie").with_tags()
    return get_object_or_404(own, pk=pk)


def _titled(viewing: Viewing) -> dict[str, str]:
    return {"title": viewing.movie.title}


def _added(movie: Movie, viewing: Viewing) -> str:
    words = {"title": movie.title, "when": in_words(viewing.watched)}
    return _("Added to your diary: %(title)s (%(when)s).") % words
