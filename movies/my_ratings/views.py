"""The My ratings page: filtered and sorted ratings, their distribution and calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cfsite.lib.web.pagination import page_of
from movies import scales
from movies.decades import decades
from movies.genres import by_label
from movies.models import Genre
from movies.my_ratings.bulk_edit import latest_edit
from movies.my_ratings.calendar import WatchedDays
from movies.my_ratings.distribution import StarDistribution
from movies.my_ratings.query import ORDERS, MyRatingsQuery
from recommender.serving.expected import expected

# Rows have a poster and a rating control; more of them would weigh over 12 kB.
PER_PAGE = 20
# Rows have neither poster nor rating control.
PER_PAGE_TO_EDIT = 96


@require_safe
@login_required
def ratings(request: HttpRequest) -> HttpResponse:
    asked = MyRatingsQuery.from_params(request.GET)
    is_editing = "edit" in request.GET
    genres = by_label(Genre.objects.all())
    per_page = PER_PAGE_TO_EDIT if is_editing else PER_PAGE
    surprises = expected(request.user) if asked.is_by_surprise else None
    page = page_of(request, asked.in_order(request.user, surprises), per_page=per_page)
    own = StarDistribution.of(request.user)
    context = {
        "asked": asked,
        "chips": chips(asked, genres, is_editing),
        "page": page,
        "own": own,
        "orders": ORDERS,
        "genres": genres,
        "decades": decades(),
        "periods": periods(asked, own.years),
        "is_diary": asked.order in ("newest", "oldest"),
        "edit_query": query_string(asked, edit=1),
    }
    if is_editing:
        page_number = {"page": page.number} if page.number > 1 else {}
        context |= {
            "are_ticked": "all" in request.GET,
            "tick_all_query": query_string(asked, edit=1, all=1, **page_number),
            "last_edit": latest_edit(request.user),
        }
        return render(request, "movies/my_ratings/bulk_edit.html", context)
    return render(
        request, "movies/my_ratings/ratings.html", context | {"days": WatchedDays.of(request.user)}
    )


@require_safe
@login_required
def days(request: HttpRequest) -> HttpResponse:
    """The calendar as a table."""
    return render(
        request, "movies/my_ratings/rating_days.html", {"days": WatchedDays.of(request.user)}
    )


def query_string(asked: MyRatingsQuery, **more: int) -> str:
    return "&".join(filter(None, [asked.query, urlencode(more)]))


@dataclass(frozen=True)
class Chip:
    """A filter that is on, with a link to the page without it."""

    label: str
    query: str


def chips(asked: MyRatingsQuery, genres: Iterable[Genre], is_editing: bool = False) -> list[Chip]:
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
        label = _("rated %(when)s") % {"when": asked.rated.in_words}
        found.append((label, asked.replace(rated=None)))
    more = {"edit": 1} if is_editing else {}
    return [Chip(label, query_string(without, **more)) for label, without in found]


@dataclass(frozen=True)
class PeriodOption:
    value: str
    label: str
    is_chosen: bool


def periods(asked: MyRatingsQuery, years: Iterable[int]) -> list[PeriodOption]:
    """The years with ratings, and the chosen month or day if there is one."""
    chosen = str(asked.rated or "")
    options = [PeriodOption(f"{year:04}", str(year), chosen == f"{year:04}") for year in years]
    if asked.rated and asked.rated.month:
        options.append(PeriodOption(chosen, asked.rated.in_words, is_chosen=True))
    return options


def _range(asked: MyRatingsQuery) -> str:
    low, high, in_words = asked.stars_from, asked.stars_to, scales.active().in_words
    if low == high and low is not None:
        return in_words(low)
    if high is None:
        return _("%(stars)s or more") % {"stars": in_words(low or 0.5)}
    if low is None:
        return _("%(stars)s or fewer") % {"stars": in_words(high)}
    return _("%(low)s to %(high)s") % {"low": scales.active().given(low), "high": in_words(high)}
