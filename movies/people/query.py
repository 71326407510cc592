"""The movies of a person, and how a user rated them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db.models import Avg, Exists, OuterRef

from movies.models import Credit, Person, Rating
from movies.stars import to_stars

if TYPE_CHECKING:
    from accounts.models import User

ROLES = Credit.Role.values


@dataclass(frozen=True)
class CreditedMovie:
    """One movie of a person, with everything the person did in it."""

    movie_id: int
    title: str
    roles: Sequence[str]  # in the order of `ROLES`
    character: str


@dataclass(frozen=True)
class OwnRatings:
    """How a user rated a person's movies, in stars."""

    by_movie: dict[int, float]
    usual: float | None  # the mean of all ratings of this user; None without any

    @property
    def mean(self) -> float | None:
        return fmean(self.by_movie.values()) if self.by_movie else None


def movies_of(person: Person) -> list[CreditedMovie]:
    """The newest first. One query."""
    rows = (
        Credit.objects.filter(person=person)
        .order_by("-movie__sort_year", "movie__title_key", "movie_id")
        .values_list("movie_id", "movie__title", "role", "character")
    )
    credits: dict[int, tuple[str, set[str], str]] = {}
    for movie_id, title, role, character in rows:
        _title, roles, played = credits.get(movie_id, (title, set(), ""))
        credits[movie_id] = (title, {*roles, role}, played or character)
    return [
        CreditedMovie(movie_id, title, [role for role in ROLES if role in roles], character)
        for movie_id, (title, roles, character) in credits.items()
    ]


def own_ratings(person: Person, user: User | AnonymousUser) -> OwnRatings:
    """Two queries; none for visitors."""
    if not user.is_authenticated:
        return OwnRatings({}, None)
    ratings = Rating.objects.of(user)
    credited = Credit.objects.filter(person=person, movie=OuterRef("movie"))
    rows = ratings.filter(Exists(credited)).values_list("movie_id", "half_stars")
    by_movie = {movie_id: to_stars(half_stars) for movie_id, half_stars in rows}
    usual = ratings.aggregate(mean=Avg("half_stars"))["mean"] if by_movie else None
    return OwnRatings(by_movie, None if usual is None else usual / 2)
