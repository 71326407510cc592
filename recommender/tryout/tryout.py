"""Ratings of visitors without an account, and their recommendations.

A visitor's ratings stand under a token in the session. They do not train the model and do not count
in averages. A visitor who signs up or logs in keeps them.
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
# More require an account.
MAX_RATINGS = 20
_TOKEN = re.compile(r"[0-9a-f]{32}", re.ASCII)


class RatingsPerAddress(SimpleRateThrottle):
    """Visitors need no account, so the number of their rows is limited per IP address."""

    rate = "120/hour"
    scope = "tryout"
    cache = ConnectionProxy(caches, "limits")

    def get_cache_key(self, request: HttpRequest, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class Refused(Exception):
    """The rating was not saved. The message is shown to the visitor."""


def visitor_token(request: HttpRequest) -> str:
    """The token that this browser's ratings are saved under; "" before the first one."""
    token = request.session.get(SESSION_KEY)
    return token if isinstance(token, str) else ""


def token_for_forms(request: HttpRequest) -> str:
    """The token that the forms of a page post.

    Without it, two ratings posted before the first response sets the session would go to two
    visitors.
    """
    return visitor_token(request) or secrets.token_hex(16)


def ratings_of_visitor(request: HttpRequest) -> dict[int, int]:
    """Half-stars by movie id, oldest rating first."""
    visitor = visitor_token(request)
    if not visitor:
        return {}
    rows = TriedRating.objects.of(visitor).order_by("pk")
    return dict(rows.values_list("movie_id", "half_stars"))


def rate(request: HttpRequest, movie: Movie, half_stars: int | None, token: str = "") -> None:
    """Save the visitor's rating of this movie, or delete it if `half_stars` is None.

    token: from `token_for_forms`, for a visitor's first rating.

    Raises:
        Refused: more than `MAX_RATINGS`, or too many from this IP address.
    """
    visitor = visitor_token(request)
    rows = TriedRating.objects.of(visitor)
    if half_stars is None:
        rows.filter(movie=movie).delete()
        return
    if visitor and rows.exclude(movie=movie).count() >= MAX_RATINGS:
        text = _("%(n)d ratings are as many as one can try with. Sign up to go on.")
        raise Refused(text % {"n": MAX_RATINGS})
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
    """Varied, well-known movies to rate, after those that the visitor has rated."""
    ids = [*ratings, *(pk for pk in movies_to_rate(TO_RATE + len(ratings)) if pk not in ratings)]
    n = max(TO_RATE, len(ratings) + 1) if len(ratings) < MAX_RATINGS else len(ratings)
    found = cards_by_id(ids[:n], request.user)
    movies = [found[pk] for pk in ids[:n] if pk in found]
    for movie in movies:
        movie.own_half_stars = ratings.get(movie.pk)
    return movies


def recommend_to_visitor(request: HttpRequest, ratings: dict[int, int]) -> Recommendations | None:
    """None without ratings or without a model."""
    model = current_model()
    if not ratings or model is None:
        return None
    folded_in = fold_in_ratings(model, ratings)
    if not folded_in.is_known:
        return None
    find = partial(cards_by_id, user=request.user)
    return recommend_to(model, folded_in, PICKS, find=find)


@dataclass(frozen=True)
class TransferResult:
    """How many of a visitor's ratings were transferred to a user."""

    new: int
    rated_before: int  # by the user, whose own stars stay

    def message(self) -> str:
        sentences = []
        if self.new:
            text = ngettext(
                "The rating you tried is yours now.", "The %(n)d ratings you tried are yours now.",
                self.new,
            )  # fmt: skip
            sentences.append(text % {"n": self.new})
        if self.rated_before:
            text = ngettext(
                "You had already rated one of these movies; we kept your rating.",
                "You had already rated %(n)d of these movies; we kept your ratings.",
                self.rated_before,
            )
            sentences.append(text % {"n": self.rated_before})
        return " ".join(sentences)


def transfer_ratings(request: HttpRequest | None, user: User) -> TransferResult:
    """Give a visitor's ratings to the user who has just logged in or signed up."""
    if request is None or not hasattr(request, "session") or not visitor_token(request):
        return TransferResult(0, 0)
    rows = list(TriedRating.objects.of(visitor_token(request)).order_by("movie_id"))
    del request.session[SESSION_KEY]
    movies = [row.movie_id for row in rows]
    rated_before = set(
        Rating.objects.of(user).filter(movie__in=movies).values_list("movie_id", flat=True)
    )
    new = sum(_save_rating(user, row) for row in rows if row.movie_id not in rated_before)
    TriedRating.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return TransferResult(new, len(rated_before))


def _save_rating(user: User, row: TriedRating) -> bool:
    rating = Rating(
        user=user, movie_id=row.movie_id, half_stars=row.half_stars, rated_at=timezone.now()
    )
    # A movie that is deleted at this moment must not prevent the login.
    with contextlib.suppress(IntegrityError), transaction.atomic():
        Rating.objects.bulk_create([rating], ignore_conflicts=True)
        return True
    return False
