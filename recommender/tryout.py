"""Trying the site without an account: a few ratings in this browser's session, and a list of them.

Nothing is kept of a visitor but the session that their first rating makes. Nobody else's
recommendations learn from it and no average counts it. Who signs up or logs in takes it along;
what they rated already stands.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.throttling import SimpleRateThrottle

from movies.cards import cards
from movies.models import Movie, Rating
from movies.stars import HALF_STARS_MAX, HALF_STARS_MIN
from recommender.people import person_from
from recommender.recommending import Recommendations, recommend_to
from recommender.serving import current_model
from recommender.together.guests import movies_to_rate

if TYPE_CHECKING:
    from accounts.models import User

SESSION_KEY = "tried"
TO_RATE, ENOUGH, PICKS = 5, 5, 8
# More is what an account is for.
MOST_RATINGS = 20


class RatingsPerAddress(SimpleRateThrottle):
    """Each new session is a row, so their number is bounded by where they come from."""

    rate = "120/hour"
    scope = "tryout"

    def get_cache_key(self, request: HttpRequest, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class Refused(Exception):
    """Not kept; the message says why."""


def tried(request: HttpRequest) -> dict[int, int]:
    """Half-stars by movie id, as this visitor gave them."""
    stored = request.session.get(SESSION_KEY)
    return {int(pk): half for pk, half in stored.items()} if isinstance(stored, dict) else {}


def rate(request: HttpRequest, movie: Movie, half_stars: int | None) -> None:
    """Keep the visitor's stars for this movie, or take them back.

    Raises:
        Refused: as many ratings as one may try with, or too many from this address.
    """
    ratings = tried(request)
    if half_stars is None:
        ratings.pop(movie.pk, None)
    else:
        if movie.pk not in ratings and len(ratings) >= MOST_RATINGS:
            text = _("%(n)d ratings are as many as one can try with. Sign up to go on.")
            raise Refused(text % {"n": MOST_RATINGS})
        if not RatingsPerAddress().allow_request(request, None):
            raise Refused(_("Too many ratings from here. Try again in an hour, or sign up."))
        ratings[movie.pk] = half_stars
    request.session[SESSION_KEY] = {str(pk): half for pk, half in ratings.items()}


def movies_to_try(request: HttpRequest) -> list[Movie]:
    """What to rate next: well-known movies unlike each other, with the visitor's stars on them."""
    ratings = tried(request)
    ids = [*ratings, *(pk for pk in movies_to_rate(TO_RATE + len(ratings)) if pk not in ratings)]
    n = max(TO_RATE, len(ratings) + 1) if len(ratings) < MOST_RATINGS else len(ratings)
    found = cards(Movie.objects.all(), request.user).in_bulk(ids[:n])
    movies = [found[pk] for pk in ids[:n] if pk in found]
    for movie in movies:
        movie.own_half_stars = ratings.get(movie.pk)
    return movies


def list_of(request: HttpRequest) -> Recommendations | None:
    """What the visitor's ratings lead to; None without ratings or without a model."""
    ratings, model = tried(request), current_model()
    if not ratings or model is None:
        return None
    person = person_from(model, ratings)
    if not person.is_known:
        return None
    find = cards(Movie.objects.all(), request.user).in_bulk
    return recommend_to(model, person, PICKS, find=find)


def take_along(request: HttpRequest | None, user: User) -> None:
    """Whoever logs in or has just signed up keeps what they tried; their own ratings stand."""
    if request is None or not hasattr(request, "session"):
        return
    ratings = _sound(tried(request))
    request.session.pop(SESSION_KEY, None)
    there = Movie.objects.filter(pk__in=ratings).values_list("pk", flat=True)
    now = timezone.now()
    for pk in sorted(there):
        rating = Rating(user=user, movie_id=pk, half_stars=ratings[pk], rated_at=now)
        # A movie that goes at this very moment must keep nobody from logging in.
        with contextlib.suppress(IntegrityError), transaction.atomic():
            Rating.objects.bulk_create([rating], ignore_conflicts=True)


def _sound(ratings: Mapping[int, int]) -> dict[int, int]:
    return {pk: half for pk, half in ratings.items() if HALF_STARS_MIN <= half <= HALF_STARS_MAX}
