"""The taste page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from movies.genres import alphabetical
from recommender.taste.bar_charts import histogram, lean_rows, longest, timeline
from recommender.taste.map_plot import plot
from recommender.taste.report import Taste, taste_of
from recommender.taste.statistics import Figures
from recommender.taste.surprises import surprises_of


@dataclass(frozen=True)
class AskedMap:
    """Which plane of the map the address asks for, and the movies of which genre."""

    x: int
    y: int
    genre: str

    @classmethod
    def from_params(cls, query: Mapping[str, str], n_axes: int) -> "AskedMap":
        """What makes no sense is the first plane, and all genres."""
        x, y = (_number(query.get(name, "")) for name in ("x", "y"))
        x = x if 1 <= x <= n_axes else 1
        y = y if 1 <= y <= n_axes and y != x else (2 if x == 1 else 1)
        return cls(x, y, query.get("genre", ""))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


@require_safe
@login_required
def taste(request: HttpRequest) -> HttpResponse:
    found = taste_of(request.user)
    context: dict[str, Any] = {"taste": found, **_map(found, request.GET)}
    # A third of the page's weight, for those who ask for it.
    context["with_table"] = "table" in request.GET
    if request.htmx:
        return render(request, "recommender/taste/_map.html", context)
    context |= _bars(found.figures)
    context["said"] = surprises_of(request.user, found.shelf)
    context["start"] = _start()
    return render(request, "recommender/taste/page.html", context)


def _map(found: Taste, query: Mapping[str, str]) -> dict[str, Any]:
    if found.atlas is None or found.atlas.n_axes < 2:
        return {"plot": None}
    asked = AskedMap.from_params(query, found.atlas.n_axes)
    genres = sorted(set().union(*found.shelf.genres.values()), key=lambda one: alphabetical(one[1]))
    genre = asked.genre if asked.genre in dict(genres) else ""
    drawn = plot(
        found.atlas, found.shelf, found.standing, asked.x, asked.y, genre, more=found.beside
    )
    return {
        "plot": drawn,
        "genres": genres,
        "genre": genre,
        "across": found.axes[asked.x - 1],
        "up": found.axes[asked.y - 1],
    }


def _bars(figures: Figures) -> dict[str, Any]:
    most = longest(figures.genres, figures.decades)
    return {
        "histogram": histogram(figures.distribution),
        "timeline": timeline(figures.periods),
        "leanings": [
            ("genre", lean_rows(figures.genres, most)),
            ("decade", lean_rows(figures.decades, most)),
        ],
    }


def _start() -> str:
    """Where somebody without ratings goes to give some."""
    try:
        return reverse("start")
    except NoReverseMatch:
        return reverse("home")
