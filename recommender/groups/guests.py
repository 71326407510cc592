"""Guests: who they are, what they rate, and how they become members or are forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from movies.models import Movie, Rating
from recommender.core.onboarding.familiar_items import familiar_items
from recommender.groups.membership import Refused
from recommender.models import Guest, GuestRating, Member
from recommender.serving.model_cache import current_model

if TYPE_CHECKING:
    from accounts.models import User

MOST_RATINGS = 50
SESSION_KEY = "guest"


def movies_to_rate(n: int) -> list[int]:
    """Ids of well-known movies that differ; the same for every guest of every group.

    Were they chosen by what the group has rated, the choice would tell of it.
    """
    model = current_model()
    if model is not None:
        return model.items.item_ids[model.existing_rows(familiar_items(model.items, n))].tolist()
    return list(Movie.objects.most_rated().values_list("pk", flat=True)[:n])


def guest_of(request: HttpRequest) -> Guest | None:
    """The guest whom this browser's session names, while their days last."""
    guest_id = request.session.get(SESSION_KEY)
    return Guest.objects.present().filter(pk=guest_id).first() if guest_id else None


def remember(request: HttpRequest, guest: Guest) -> None:
    """Let this browser be `guest`, under a session key that nobody knew before."""
    if request.session.get(SESSION_KEY) != guest.pk:
        request.session.cycle_key()
        request.session[SESSION_KEY] = guest.pk


def forget(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)


def rate(guest: Guest, half_stars: Mapping[int, int | None]) -> None:
    """Half-stars by movie id, None to take a rating back. All of it, or nothing.

    Raises:
        Refused: more ratings than a guest may give, or the guest or a movie is gone.
    """
    given = {movie_id: half for movie_id, half in half_stars.items() if half is not None}
    try:
        with transaction.atomic():
            if not Guest.objects.select_for_update().present().filter(pk=guest.pk).exists():
                raise Refused(_("Your days as a guest are over."))
            if Movie.objects.filter(pk__in=given).count() != len(given):
                raise IntegrityError
            guest.ratings.filter(movie__in=half_stars.keys() - given.keys()).delete()
            _store(guest, given)
            if guest.ratings.count() > MOST_RATINGS:
                text = _("A guest rates up to %(n)d movies. Sign up to rate as many as you like.")
                raise Refused(text % {"n": MOST_RATINGS})
    except IntegrityError as error:
        raise Refused(_("A movie is gone. Look again, please.")) from error


def _store(guest: Guest, given: Mapping[int, int]) -> None:
    now = timezone.now()
    GuestRating.objects.bulk_create(
        [
            GuestRating(guest=guest, movie_id=movie_id, half_stars=half, rated_at=now)
            for movie_id, half in sorted(given.items())
        ],
        update_conflicts=True,
        unique_fields=["guest", "movie"],
        update_fields=["half_stars", "rated_at"],
    )


def adopt(user: User, guest: Guest) -> int:
    """Make the guest's ratings and places the user's own; how many ratings were new to them.

    Where the user has rated a movie already, the user's stars stand.

    Raises:
        Refused: the guest's days are over.
    """
    with transaction.atomic():
        guest = Guest.objects.select_for_update().present().filter(pk=guest.pk).first()
        if guest is None:
            raise Refused(_("The guest's days are over; the ratings are gone."))
        before = Rating.objects.of(user).count()
        Rating.objects.bulk_create(
            [
                Rating(
                    user=user,
                    movie_id=rating.movie_id,
                    half_stars=rating.half_stars,
                    rated_at=rating.rated_at,
                )
                for rating in guest.ratings.order_by("movie_id")
            ],
            ignore_conflicts=True,
        )
        there = Member.objects.filter(user=user).values_list("group_id", flat=True)
        guest.memberships.exclude(group__in=list(there)).update(user=user, guest=None)
        guest.delete()
        return Rating.objects.of(user).count() - before
