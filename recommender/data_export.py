"""The recommender's part of a user's data export: predictions, groups, onboarding answers."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Q

from accounts.data_export import Table
from accounts.models import User
from recommender.models import LoggedPrediction, Member, StartingAnswer


def _predictions(user: User) -> Iterator[tuple]:
    rows = LoggedPrediction.objects.filter(user=user).order_by("rated_at", "pk")
    rows = rows.annotate(stars=F("half_stars") / 2.0)
    fields = ("movie_id", "movie__title", "movie__year", "predicted", "stars", "rated_at")
    return rows.values_list(*fields).iterator()


def _groups(user: User) -> Iterator[tuple]:
    rows = Member.objects.filter(user=user).order_by("joined_at", "pk")
    rows = rows.annotate(is_yours=Q(group__owner=user))
    return rows.values_list("group__name", "group__rule", "is_yours", "joined_at").iterator()


def _onboarding_answers(user: User) -> Iterator[tuple]:
    rows = StartingAnswer.objects.of(user).order_by("created_at", "pk")
    fields = ("movie_id", "movie__title", "movie__year", "kind", "created_at")
    return rows.values_list(*fields).iterator()


TABLES = (
    Table(
        "predictions",
        "the stars that were predicted before you rated",
        ("movie_id", "title", "year", "predicted", "stars", "rated_at"),
        _predictions,
    ),
    Table("groups", "groups you are in", ("name", "rule", "is_yours", "joined_at"), _groups),
    Table(
        "start",
        "what you said on the start page: kinds of movies, favourites, what you had not seen",
        ("movie_id", "title", "year", "kind", "created_at"),
        _onboarding_answers,
    ),
)
