"""The page where members ask for a movie, and see what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cfsite.lib.text import one_line
from movies.catalogue_care import requests
from movies.catalogue_care.answers import look_for_answers
from movies.models import EARLIEST_YEAR, LATEST_YEAR, Movie, MovieRequest

SHOWN = 50


class RequestForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    year = forms.IntegerField(
        label=gettext_lazy("Year"),
        required=False,
        min_value=EARLIEST_YEAR,
        max_value=LATEST_YEAR,
        help_text=gettext_lazy("If you know it."),
    )
    link = forms.URLField(
        label=gettext_lazy("Link"),
        required=False,
        max_length=300,
        assume_scheme="https",
        help_text=gettext_lazy("To its page on IMDb or TMDB. It helps to find the right one."),
    )

    def clean_title(self) -> str:
        title = one_line(self.cleaned_data["title"])
        if not title:
            raise forms.ValidationError(_("Enter a title."), code="required")
        return title


@dataclass(frozen=True)
class RequestRow:
    """One of the member's requests, as the page shows it."""

    title: str
    asked: Any
    state: str
    label: str
    reason: str
    movie: Movie | None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def request_movie(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        form = RequestForm(request.POST, label_suffix="")
        if form.is_valid() and _ask(request, form):
            return redirect("movies:request")
    else:
        title = request.GET.get("title", "").replace("\0", "")[:300]
        form = RequestForm(initial={"title": title}, label_suffix="")
    return render(
        request, "movies/catalogue_care/request.html", {"form": form, "rows": _rows(request)}
    )


def _ask(request: HttpRequest, form: RequestForm) -> bool:
    """Whether the request was taken; otherwise the form says why not."""
    try:
        asked = requests.ask(request.user, **form.cleaned_data)
    except requests.AlreadyHere as error:
        movie = error.movie
        link = format_html('<a href="{}">{}</a>', movie.get_absolute_url(), movie)
        form.add_error(None, format_html(_("Good news: {} is already here."), link))
        return False
    except requests.RequestError as error:
        form.add_error(None, str(error))
        return False
    if asked.request.is_open:
        look_for_answers(request, now=False)
        text = _("Thanks! We’ll tell you when “%(movie)s” is here.")
        messages.success(request, text % {"movie": asked.request})
    return True


def _rows(request: HttpRequest) -> list[RequestRow]:
    own = request.user.movie_requests.select_related("request__movie").order_by("-asked_at", "-pk")
    rows = [_row(one.request, one.asked_at) for one in own[:SHOWN]]
    if any(one.told_at is None and not one.request.is_open for one in own[:SHOWN]):
        requests.note_told(request.user)
    return rows


def _row(one: MovieRequest, asked_at: Any) -> RequestRow:
    movie = one.movie if one.movie and not one.movie.retired_at else None
    return RequestRow(str(one), asked_at, one.state, one.get_state_display(), one.reason, movie)
