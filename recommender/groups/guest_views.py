"""Pages on which guests rate movies, and convert to a member or are deleted."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import member_only
from movies.cards import cards_in_order
from movies.stars import STEPS
from movies.templatetags.stars import in_words
from recommender.groups import guests, membership
from recommender.groups.access import members_only
from recommender.groups.forms import posted_stars
from recommender.models import Group, Guest, Member

# Movies offered to guests, and how many a page.
TO_RATE, PER_PAGE = 48, 12


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def rate(request: HttpRequest, group: Group, member: Member) -> HttpResponse:
    if not member.is_guest:
        return redirect("home")
    if request.method == "POST":
        return _rate(request, group, member.guest)
    return render(request, "recommender/groups/rate.html", _to_rate(request, group, member.guest))


def _rate(request: HttpRequest, group: Group, guest: Guest) -> HttpResponse:
    try:
        guests.rate(guest, posted_stars(request.POST))
    except (ValidationError, membership.Refused) as refused:
        words = refused.messages[0] if isinstance(refused, ValidationError) else str(refused)
        messages.error(request, words)
        context = _to_rate(request, group, guest)
        return render(request, "recommender/groups/rate.html", context, status=422)
    n = guest.ratings.count()
    text = ngettext("Saved. You've rated %(n)d movie.", "Saved. You've rated %(n)d movies.", n)
    messages.success(request, text % {"n": n})
    if more := request.POST.get("more"):
        return redirect(f"{request.path}?page={_page(more)}")
    return redirect(group)


@require_POST
@member_only
def keep(request: HttpRequest) -> HttpResponse:
    """Give the ratings and memberships of this browser's guest to the user."""
    guest = guests.guest_in_session(request)
    guests.remove_from_session(request)
    try:
        n = guests.convert_to_member(request.user, guest) if guest else 0
    except membership.Refused as refused:
        messages.error(request, str(refused))
        return redirect("together:index")
    text = ngettext(
        "%(n)d rating added to your account.", "%(n)d ratings added to your account.", n
    )
    messages.success(request, text % {"n": n})
    return redirect("together:index")


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    if guest := guests.guest_in_session(request):
        guest.delete()
        messages.success(request, _("We've deleted the guest and their ratings."))
    guests.remove_from_session(request)
    return redirect("together:index")


def _to_rate(request: HttpRequest, group: Group, guest: Guest) -> dict[str, Any]:
    """Context of one page of movies to rate, with the guest's ratings so far."""
    ids = guests.movies_to_rate(TO_RATE)
    page = _page(request.GET.get("page", ""))
    ids = ids[(page - 1) * PER_PAGE :]
    first = request.GET.get("movie", "")
    if first.isdecimal() and len(first) < 19:
        ids = [int(first), *(pk for pk in ids if pk != int(first))]
    given = dict(guest.ratings.values_list("movie_id", "half_stars"))
    movies = cards_in_order(ids[:PER_PAGE], request.user)
    return {
        "group": group,
        "guest": guest,
        "n_rated": len(given),
        "rows": [(movie, given.get(movie.pk), _steps(given.get(movie.pk))) for movie in movies],
        "page": page,
        "next_page": page + 1 if len(ids) > PER_PAGE else None,
    }


def _steps(half_stars: int | None) -> list[tuple[str, str, bool]]:
    return [(f"{stars:.1f}", in_words(stars), 2 * stars == half_stars) for stars in STEPS]


def _page(text: str) -> int:
    return min(max(int(text), 1), TO_RATE // PER_PAGE) if text.isdecimal() and len(text) < 6 else 1
