"""The style guide: every component in each of its states."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.forms import EraseForm
from accounts.models import Boldness
from movies.browse.facets import Choice, Facet
from movies.cards import cards
from movies.models import Mark, Movie
from recommender.serving.cards import Card, cards_for
from recommender.serving.explain import NamedReason
from recommender.serving.predictions import PredictedStars

N_MOVIES = 6
TOKENS = Path(settings.BASE_DIR) / "static" / "css" / "tokens.css"
COLOURS = ("paper", "raised", "ink", "muted", "line", "accent", "error", "ok")


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """For staff only; made from the templates that other pages use."""
    if not request.user.is_staff:
        raise Http404
    movies = list(cards(Movie.objects.best_loved(), request.user)[:N_MOVIES])
    context = {
        "colours": COLOURS,
        "themes": ("light", "dark"),
        **_scales(),
        "cards": _cards(movies, request),
        "stops": Boldness.choices,
        "chosen": Boldness.BALANCED,
        "form": _wrong_form(request),
        "facet": _facet(),
        "page": Paginator(range(100), 10).page(3),
    }
    return render(request, "pages/style_guide.html", context)


def _scales() -> dict[str, list[str]]:
    """The names of sizes and durations, read from the stylesheet that defines them."""
    css = TOKENS.read_text()
    return {
        "text_sizes": re.findall(r"--text-(\w+):", css),
        "spaces": re.findall(r"--space-(\d+):", css),
        "durations": re.findall(r"--(\w+): \.\d+s;", css),
    }


def _cards(movies: list[Movie], request: HttpRequest) -> list[Card]:
    """The movies in the states of a card: predicted, with a reason, rated, hidden."""
    predicted, because = {}, {}
    states: list[Callable[[Movie], Any]] = [
        lambda movie: predicted.__setitem__(movie.pk, PredictedStars(3.9, 0.7)),
        lambda movie: because.__setitem__(movie.pk, NamedReason(movie, 4.5, 0.31)),
        lambda movie: setattr(movie, "own_half_stars", 9),
        lambda movie: setattr(movie, "hidden_as", Mark.Kind.SEEN),
        lambda movie: setattr(movie, "hidden_as", Mark.Kind.NOT_INTERESTED),
    ]
    for movie, put in zip(movies, states, strict=False):
        put(movie)
    return cards_for(request.user, movies, predicted, because)


def _facet() -> Facet:
    choices = [
        Choice("drama", "Drama", 1234, True, ""),
        Choice("war", "War", 7, False, ""),
    ]
    return Facet("example", str(_("Genre")), choices)


def _wrong_form(request: HttpRequest) -> EraseForm:
    form = EraseForm({"password": ""}, user=request.user)
    form.is_valid()
    return form
