"""The page of all movies one has watched, with or without a date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from accounts.decorators import member_only
from cfsite.lib.web.pagination import page_of
from movies.cards import IN_DIARY, cards_in_order
from movies.diary.watched import WatchedMovie, watched_movies
from movies.models import Movie
from movies.periods import Period
from recommender.serving.cards import cards_for

ALL, RATED, UNRATED = "", "rated", "unrated"
CHOICES: Mapping[str, str | Promise] = {
    ALL: gettext_lazy("All"),
    RATED: gettext_lazy("Rated"),
    UNRATED: gettext_lazy("Not rated"),
}


@dataclass(frozen=True)
class WatchedNote:
    """What stands below each card: when it was watched."""

    template: ClassVar[str] = "movies/diary/_watched_note.html"

    movie_id: int
    when: str
    more: str  # "3 times", or ""

    @classmethod
    def of(cls, watched: WatchedMovie) -> WatchedNote:
        n = watched.n_viewings
        times = ngettext("%(n)d time", "%(n)d times", n) % {"n": n} if n > 1 else ""
        return cls(watched.movie_id, watched.when.in_words if watched.when else "", times)


@dataclass(frozen=True)
class Choice:
    """A link to the rated, the unrated, or all of them."""

    label: str | Promise
    query: str
    n: int
    is_current: bool


@require_safe
@member_only
def watched(request: HttpRequest) -> HttpResponse:
    during = Period.parse(request.GET.get("when", ""))
    asked = request.GET.get("show", "")
    shown = asked if asked in CHOICES else ALL
    found = watched_movies(request.user, during)
    by_choice = {
        ALL: found,
        RATED: [one for one in found if one.is_rated],
        UNRATED: [one for one in found if not one.is_rated],
    }
    page = page_of(request, by_choice[shown])
    movies = cards_in_order([one.movie_id for one in page], request.user, Movie.everything)
    notes = {one.movie_id: WatchedNote.of(one) for one in page}
    for movie in movies:
        if movie.hidden_as == IN_DIARY:  # the whole page says so; a mark can be taken away
            movie.hidden_as = None
    context = {
        "page": page,
        "cards": cards_for(request.user, movies, predicted={}, notes=notes),
        "during": during,
        "choices": [
            Choice(label, _query(key, during), len(by_choice[key]), key == shown)
            for key, label in CHOICES.items()
        ],
        "heading": _heading(during),
    }
    return render(request, "movies/diary/watched.html", context)


def _heading(during: Period | None) -> str:
    if during is None:
        return _("Watched")
    text = _("Watched on %(when)s") if during.day else _("Watched in %(when)s")
    return text % {"when": during.in_words}


def _query(shown: str, during: Period | None) -> str:
    given = {"show": shown, "when": str(during or "")}
    return urlencode({name: value for name, value in given.items() if value})
