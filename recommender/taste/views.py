"""The taste page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.decorators import member_only
from movies.genres import alphabetical
from recommender.taste.bar_charts import histogram, leaning_rows, strongest_leaning, timeline
from recommender.taste.map_plot import map_plot
from recommender.taste.map_svg import labels_svg, points_svg
from recommender.taste.map_table import axis_row, table_rows
from recommender.taste.picks import leanings_in_words, taste_picks
from recommender.taste.report import TasteReport, taste_report
from recommender.taste.statistics import Figures
from recommender.taste.surprises import prediction_errors


@dataclass(frozen=True)
class MapQuery:
    """The axes and the genre that the query string selects."""

    x: int
    y: int
    genre: str

    @classmethod
    def from_params(cls, params: Mapping[str, str], n_axes: int) -> "MapQuery":
        """Invalid axes become the first two."""
        x, y = (_number(params.get(name, "")) for name in ("x", "y"))
        x = x if 1 <= x <= n_axes else 1
        y = y if 1 <= y <= n_axes and y != x else (2 if x == 1 else 1)
        return cls(x, y, params.get("genre", ""))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


@require_safe
@login_required
def taste(request: HttpRequest) -> HttpResponse:
    report = taste_report(request.user)
    # The table is a third of the page's weight: only on request.
    context = _map_context(report, request.GET, with_table="table" in request.GET)
    if request.htmx:
        return render(request, "recommender/taste/_map.html", context)
    context |= {
        "has_map": report.movie_map is not None,
        "has_standing": report.standing is not None,
        "figures": report.figures,
        "leanings": leanings_in_words(report.figures),
        "picks": taste_picks(request.user, report.figures),
    }
    return render(request, "recommender/taste/page.html", context)


@require_safe
@member_only
def statistics(request: HttpRequest) -> HttpResponse:
    """The figures behind the taste page: a page, and for htmx its content alone."""
    report = taste_report(request.user)
    context = {
        "figures": report.figures,
        "axes": [axis_row(axis) for axis in report.axes],
        "prediction_errors": prediction_errors(request.user, report.movies),
        **_charts_context(report.figures),
    }
    page = "_statistics" if request.htmx else "statistics"
    return render(request, f"recommender/taste/{page}.html", context)


def _map_context(
    report: TasteReport, params: Mapping[str, str], with_table: bool
) -> dict[str, Any]:
    if report.movie_map is None or report.movie_map.n_axes < 2:
        return {"plot": None}
    query = MapQuery.from_params(params, report.movie_map.n_axes)
    genres = sorted(
        set().union(*report.movies.genres.values()), key=lambda genre: alphabetical(genre[1])
    )
    genre = query.genre if query.genre in dict(genres) else ""
    plot = map_plot(
        report.movie_map,
        report.movies,
        report.standing,
        query.x,
        query.y,
        genre,
        extra_movies=report.extra_movies,
    )
    axes = [axis_row(axis) for axis in report.axes]
    return {
        "plot": plot,
        "points_svg": points_svg(plot),
        "wide_labels_svg": labels_svg(plot.wide_labels),
        "narrow_labels_svg": labels_svg(plot.narrow_labels),
        "axes": axes,
        "across": axes[query.x - 1],
        "up": axes[query.y - 1],
        "genres": genres,
        "genre": genre,
        "table_rows": table_rows(plot) if with_table else None,
        "table_query": urlencode({"x": query.x, "y": query.y, "genre": genre, "table": 1}),
    }


def _charts_context(figures: Figures) -> dict[str, Any]:
    full_scale = strongest_leaning(figures.genres, figures.decades)
    return {
        "histogram": histogram(figures.distribution),
        "timeline": timeline(figures.periods),
        "leanings": [
            ("genre", leaning_rows(figures.genres, full_scale)),
            ("decade", leaning_rows(figures.decades, full_scale)),
        ],
    }
