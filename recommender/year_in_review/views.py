"""The page of one year."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from movies.models import Movie
from movies.my_ratings.query import Period
from recommender.year_in_review.review import (
    SMALLEST_SURPRISE,
    Kind,
    Month,
    Review,
    Seen,
    review,
    years_of,
)


@require_safe
@login_required
def latest(request: HttpRequest) -> HttpResponse:
    """On to the last year with ratings."""
    years = years_of(request.user)
    return redirect("year", year=next(iter(years), timezone.localdate().year))


@require_safe
@login_required
def year(request: HttpRequest, year: int) -> HttpResponse:
    if Period.parse(f"{year:04}") is None:
        raise Http404(_("There is no such year."))
    found = review(request.user, year)
    context = {
        "review": found,
        "years": years_of(request.user),
        "best": _as_cards(found),
        "alone": _alone(found),
        "months": _with_tops(found.months),
        "kinds": [
            (_("Genres"), "genre", found.favourite_genre, _with_widths(found.genres)),
            (_("Decades"), "decade", found.favourite_decade, _with_widths(found.decades)),
        ],
    }
    return render(request, "recommender/year_in_review/page.html", context)


def _alone(found: Review) -> Seen | None:
    """The movie furthest from what the others gave, if it is not among the surprises already."""
    furthest = found.agreement and found.agreement.furthest
    if not furthest or (furthest.apart or 0) < SMALLEST_SURPRISE:
        return None
    return None if furthest in (found.better, found.worse) else furthest


def _as_cards(found: Review) -> list[Movie]:
    """The best movies as a wall shows them, with the stars of that year on them."""
    for one in found.best:
        one.movie.own_half_stars, one.movie.put_away = one.half_stars, None
    return [one.movie for one in found.best]


def _with_tops(months: Sequence[Month]) -> list[tuple[Month, float]]:
    """Each with where its bar ends, from the top of a drawing 100 high."""
    most = max((month.n for month in months), default=0) or 1
    return [(month, round(100 - 100 * month.n / most, 1)) for month in months]


def _with_widths(kinds: Sequence[Kind]) -> list[tuple[Kind, float]]:
    most = max((kind.n for kind in kinds), default=1)
    return [(kind, round(100 * kind.n / most, 1)) for kind in kinds]
