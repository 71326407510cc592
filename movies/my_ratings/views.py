"""The page of one's own ratings: found, put in order, and drawn over the past year."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cfsite.lib.pagination import page_of
from movies import scales
from movies.decades import decades
from movies.genres import by_label
from movies.models import Genre
from movies.my_ratings import bulk_edit
from movies.my_ratings.calendar import RatingDays
from movies.my_ratings.distribution import OwnStars
from movies.my_ratings.query import ORDERS, OwnRatings
from recommender.serving.expected import expected

# Rows with a poster and a control; a page of more weighs more than 12 kB.
PER_PAGE = 20
# Rows without posters and controls.
PER_PAGE_TO_EDIT = 96


@require_safe
@login_required
def ratings(request: HttpRequest) -> HttpResponse:
    asked = OwnRatings.from_params(request.GET)
    is_editing = "edit" in request.GET
    genres = by_label(Genre.objects.all())
    per_page = PER_PAGE_TO_EDIT if is_editing else PER_PAGE
    surprises = expected(request.user) if asked.is_by_surprise else None
    context = {
        "asked": asked,
        "chips": chips(asked, genres),
        "page": page_of(request, asked.in_order(request.user, surprises), per_page=per_page),
        "own": OwnStars.of(request.user),
        "orders": ORDERS,
        "genres": genres,
        "decades": decades(),
        "is_diary": asked.order in ("newest", "oldest"),
    }
    if is_editing:
        context |= {
            "are_ticked": "all" in request.GET,
            "step": bulk_edit.latest(request.user),
        }
        return render(request, "movies/my_ratings/ratings_edit.html", context)
    return render(
        request, "movies/my_ratings/ratings.html", context | {"days": RatingDays.of(request.user)}
    )


@require_safe
@login_required
def days(request: HttpRequest) -> HttpResponse:
    """The drawing of the past year as a table."""
    return render(
        request, "movies/my_ratings/rating_days.html", {"days": RatingDays.of(request.user)}
    )


def chips(asked: OwnRatings, genres: Iterable[Genre]) -> list[tuple[str, str]]:
    """What narrows the list, in words, each with the query string of the list without it."""
    found = []
    if asked.q:
        found.append((f"“{asked.q}”", asked.replace(q="")))
    if asked.stars_from or asked.stars_to:
        found.append((_range(asked), asked.replace(stars_from=None, stars_to=None)))
    if asked.genre:
        names = {genre.slug: genre.label for genre in genres}
        found.append((names.get(asked.genre, asked.genre), asked.replace(genre="")))
    if asked.decade is not None:
        found.append((f"{asked.decade}s", asked.replace(decade=None)))
    if asked.rated:
        words = _("rated %(when)s") % {"when": asked.rated.in_words}
        found.append((words, asked.replace(rated=None)))
    return [(words, rest.query) for words, rest in found]


def _range(asked: OwnRatings) -> str:
    low, high, in_words = asked.stars_from, asked.stars_to, scales.active().in_words
    if low == high and low is not None:
        return in_words(low)
    if high is None:
        return _("%(stars)s or more") % {"stars": in_words(low or 0.5)}
    if low is None:
        return _("%(stars)s or fewer") % {"stars": in_words(high)}
    return _("%(low)s to %(high)s") % {"low": scales.active().given(low), "high": in_words(high)}
