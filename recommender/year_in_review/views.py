"""The year-in-review page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from movies.periods import Period
from recommender.serving.cards import Card, cards_for
from recommender.year_in_review.review import (
    MIN_SURPRISE,
    Category,
    Month,
    Review,
    YearRating,
    review,
)
from recommender.year_in_review.watched import years_of


@dataclass(frozen=True)
class MonthBar:
    month: Month
    top: float  # of the bar, in a drawing 100 high


@dataclass(frozen=True)
class CategoryBar:
    category: Category
    width: float  # of the bar, in a drawing 100 wide


@dataclass(frozen=True)
class CategorySection:
    """The table of genres or of decades."""

    heading: str
    param: str  # of the ratings page
    favourite: Category | None
    bars: Sequence[CategoryBar]


@require_safe
@login_required
def latest(request: HttpRequest) -> HttpResponse:
    """Redirect to the last year with movies."""
    years = years_of(request.user)
    return redirect("year", year=next(iter(years), timezone.localdate().year))


@require_safe
@login_required
def year(request: HttpRequest, year: int) -> HttpResponse:
    if Period.parse(f"{year:04}") is None:
        raise Http404(_("Choose a year between 1 and 9999."))
    found = review(request.user, year)
    context = {
        "review": found,
        "years": found.years,
        "cards": _cards(request, found),
        "outlier": _outlier(found),
        "month_bars": _month_bars(found.months),
        "sections": [
            CategorySection(
                _("Genres"), "genre", found.favourite_genre, _category_bars(found.genres)
            ),
            CategorySection(
                _("Decades"), "decade", found.favourite_decade, _category_bars(found.decades)
            ),
        ],
    }
    return render(request, "recommender/year_in_review/page.html", context)


def _outlier(found: Review) -> YearRating | None:
    """The rating furthest from the others' mean, unless it is one of the surprises already."""
    furthest = found.agreement and found.agreement.furthest
    if not furthest or (furthest.distance or 0) < MIN_SURPRISE:
        return None
    return None if furthest in (found.better, found.worse) else furthest


def _cards(request: HttpRequest, found: Review) -> list[Card]:
    """Cards of the best movies, with the stars of that year."""
    for rating in found.best:
        rating.movie.own_half_stars, rating.movie.hidden_as = rating.half_stars, None
    return cards_for(request.user, [rating.movie for rating in found.best], predicted={})


def _month_bars(months: Sequence[Month]) -> list[MonthBar]:
    most = max((month.n for month in months), default=0) or 1
    return [MonthBar(month, round(100 - 100 * month.n / most, 1)) for month in months]


def _category_bars(categories: Sequence[Category]) -> list[CategoryBar]:
    most = max((category.n for category in categories), default=1)
    return [CategoryBar(category, round(100 * category.n / most, 1)) for category in categories]
