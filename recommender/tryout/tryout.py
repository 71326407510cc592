"""Trying the site without an account: a few ratings, and a list of them.

Nothing is kept of a visitor but the session and the rows that their first rating makes. Nobody
else's recommendations learn from them and no average counts them. Who signs up or logs in takes
them along; what they rated already stands.
"""

from __future__ import annotations

import contextlib
import re
import secrets
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.cache import caches
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.connection import ConnectionProxy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework.throttling import SimpleRateThrottle

from movies.cards import cards_by_id
from movies.models import Movie, Rating
from recommender.groups.guests import movies_to_rate
from recommender.models import TriedRating
from recommender.serving.model_cache import current_model
from recommender.serving.recommend import Recommendations, recommend_to
from recommender.serving.users import fold_in_ratings

if TYPE_CHECKING:
    from accounts.models import User

SESSION_KEY = "tried"
TO_RATE, ENOUGH, PICKS = 5, 5, 8
# More is what an account is for.
MOST_RATINGS = 20
_TOKEN = re.compile(r"[0-9a-f]{32}", re.ASCII)


class RatingsPerAddress(SimpleRateThrottle):
    """Each new session is a row, so their number is bounded by where they come from."""

    rate = "120/hour"
    scope = "tryout"
    cache = ConnectionProxy(caches, "limits")

    def get_cache_key(self, request: HttpRequest, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class Refused(Exception):
    """Not kept; the message says why."""


def visitor_of(request: HttpRequest) -> str:
    """The token under which this browser's ratings stand; "" before the first one."""
    token = request.session.get(SESSION_KEY)
    return token if isinstance(token, str) else ""


def token_for_forms(request: HttpRequest) -> str:
    """What the forms of one page send along, so that its first ratings find together.

    Two that are on their way before the first answer has brought a session would else make two.
    """
    return visitor_of(request) or secrets.token_hex(16)


def tried(request: HttpRequest) -> dict[int, int]:
    """Half-stars by movie id, as this visitor gave them, the first one first."""
    visitor = visitor_of(request)
    if not visitor:
        return {}
    rows = TriedRating.objects.of(visitor).order_by("pk")
    return dict(rows.values_list("movie_id", "half_stars"))


def rate(request: HttpRequest, movie: Movie, half_stars: int | None, token: str = "") -> None:
    """Keep the visitor's stars for this movie, or take them back.

    token: what `token_for_forms` gave the page, for a visitor's first rating.

    Raises:
        Refused: as many ratings as one may try with, or too many from this address.
    """
    visitor = visitor_of(request)
    rows = TriedRating.objects.of(visitor)
    if half_stars is None:
        rows.filter(movie=movie).delete()
        return
    if visitor and rows.exclude(movie=movie).count() >= MOST_RATINGS:
        text = _("%(n)d ratings are as many as one can try with. Sign up to go on.")
        raise Refused(text % {"n": MOST_RATINGS})
    if not RatingsPerAddress().allow_request(request, None):
        raise Refused(_("Too many ratings from here. Try again in an hour, or sign up."))
    if not visitor:
        visitor = token if _TOKEN.fullmatch(token) else secrets.token_hex(16)
        request.session[SESSION_KEY] = visitor
    _store(visitor, movie, half_stars)


def _store(visitor: str, movie: Movie, half_stars: int) -> None:
    row = TriedRating(visitor=visitor, movie=movie, half_stars=half_stars)
    TriedRating.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["visitor", "movie"],
        update_fields=["half_stars", "rated_at"],
    )


def movies_to_try(request: HttpRequest, ratings: dict[int, int]) -> list[Movie]:
    """What to rate next: well-known movies unlike each other, with the visitor's stars on them."""
    ids = [*ratings, *(pk for pk in movies_to_rate(TO_RATE + len(ratings)) if pk not in ratings)]
    n = max(TO_RATE, len(ratings) + 1) if len(ratings) < MOST_RATINGS else len(ratings)
    found = cards_by_id(ids[:n], request.user)
    movies = [found[pk] for pk in ids[:n] if pk in found]
    for movie in movies:
        movie.own_half_stars = ratings.get(movie.pk)
    return movies


def list_of(request: HttpRequest, ratings: dict[int, int]) -> Recommendations | None:
    """What the visitor's ratings lead to; None without ratings or without a model."""
    model = current_model()
    if not ratings or model is None:
        return None
    folded_in = fold_in_ratings(model, ratings)
    if not folded_in.is_known:
        return None
    find = partial(cards_by_id, user=request.user)
    return recommend_to(model, folded_in, PICKS, find=find)


@dataclass(frozen=True)
class Taken:
    """What became of a visitor's ratings when they logged in."""

    new: int
    known: int  # rated before: those stars stand

    def in_words(self) -> str:
        said = []
        if self.new:
            text = ngettext(
                "The rating you tried is now yours.", "The %(n)d ratings you tried are now yours.",
                self.new,
            )  # fmt: skip
            said.append(text % {"n": self.new})
        if self.known:
            text = ngettext(
                "One of the movies you had rated before; those stars stand.",
                "%(n)d of the movies you had rated before; those stars stand.",
                self.known,
            )
            said.append(text % {"n": self.known})
        return " ".join(said)


def take_along(request: HttpRequest | None, user: User) -> Taken:
    """Whoever logs in or has just signed up keeps what they tried; their own ratings stand."""
    if request is None or not hasattr(request, "session") or not visitor_of(request):
        return Taken(0, 0)
    rows = list(TriedRating.objects.of(visitor_of(request)).order_by("movie_id"))
    del request.session[SESSION_KEY]
    movies = [row.movie_id for row in rows]
    known = set(Rating.objects.of(user).filter(movie__in=movies).values_list("movie_id", flat=True))
    new = sum(_keep(user, row) for row in rows if row.movie_id not in known)
    TriedRating.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return Taken(new, len(known))


def _keep(user: User, row: TriedRating) -> bool:
    rating = Rating(
        user=user, movie_id=row.movie_id, half_stars=row.half_stars, rated_at=timezone.now()
    )
    # A movie that goes at this very moment must keep nobody from logging in.
    with contextlib.suppress(IntegrityError), transaction.atomic():
        Rating.objects.bulk_create([rating], ignore_conflicts=True)
        return True
    return False
