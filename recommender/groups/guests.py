"""Guests: members of a group without an account, who rate a few movies."""

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

MAX_RATINGS = 50
SESSION_KEY = "guest"


def movies_to_rate(n: int) -> list[int]:
    """Ids of varied, well-known movies; the same for every guest of every group.

    A choice that depended on the group's ratings would reveal something about them.
    """
    model = current_model()
    if model is not None:
        return model.items.item_ids[model.existing_rows(familiar_items(model.items, n))].tolist()
    return list(Movie.objects.most_rated().values_list("pk", flat=True)[:n])


def guest_in_session(request: HttpRequest) -> Guest | None:
    """The guest of this browser, until the guest expires."""
    guest_id = request.session.get(SESSION_KEY)
    return Guest.objects.present().filter(pk=guest_id).first() if guest_id else None


def set_guest_in_session(request: HttpRequest, guest: Guest) -> None:
    """Make `guest` the guest of this browser, with a new session key."""
    if request.session.get(SESSION_KEY) != guest.pk:
        request.session.cycle_key()
        request.session[SESSION_KEY] = guest.pk


def remove_from_session(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)


def rate(guest: Guest, half_stars: Mapping[int, int | None]) -> None:
    """Save ratings: half-stars by movie id, None to delete a rating. All or nothing.

    Raises:
        Refused: more than `MAX_RATINGS`, the guest has expired, or a movie does not exist.
    """
    given = {movie_id: half for movie_id, half in half_stars.items() if half is not None}
    try:
        with transaction.atomic():
            if not Guest.objects.select_for_update().present().filter(pk=guest.pk).exists():
                raise Refused(_("Your week as a guest is over."))
            if Movie.objects.filter(pk__in=given).count() != len(given):
                raise IntegrityError
            guest.ratings.filter(movie__in=half_stars.keys() - given.keys()).delete()
            _store(guest, given)
            if guest.ratings.count() > MAX_RATINGS:
                text = _("Guests can rate up to %(n)d movies. Sign up to rate as many as you like.")
                raise Refused(text % {"n": MAX_RATINGS})
    except IntegrityError as error:
        raise Refused(
            _("One of these movies no longer exists. Please check and save again.")
        ) from error


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


def convert_to_member(user: User, guest: Guest) -> int:
    """Give the guest's ratings and memberships to the user; returns the number of new ratings.

    A movie that the user has rated already keeps the user's stars.

    Raises:
        Refused: the guest has expired.
    """
    with transaction.atomic():
        guest = Guest.objects.select_for_update().present().filter(pk=guest.pk).first()
        if guest is None:
            raise Refused(_("The guest's week is over, and their ratings have been deleted."))
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
        user_groups = Member.objects.filter(user=user).values_list("group_id", flat=True)
        guest.memberships.exclude(group__in=list(user_groups)).update(user=user, guest=None)
        guest.delete()
        return Rating.objects.of(user).count() - before
