"""The recommender's part of a user's data export: predictions, groups, onboarding answers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.data_export import Table
from accounts.kept_data import Kept
from accounts.models import User
from recommender.load_items import VECTOR
from recommender.models import (
    LoggedPrediction,
    Member,
    StartingAnswer,
    SuspiciousProfile,
    UserFactors,
)


def _predictions(user: User) -> QuerySet:
    rows = LoggedPrediction.objects.filter(user=user).order_by("rated_at", "pk")
    rows = rows.annotate(stars=F("half_stars") / 2.0)
    fields = ("movie_id", "movie__title", "movie__year", "predicted", "stars", "rated_at")
    return rows.values_list(*fields)


def _groups(user: User) -> QuerySet:
    rows = Member.objects.filter(user=user).order_by("joined_at", "pk")
    rows = rows.annotate(is_yours=Q(group__owner=user))
    return rows.values_list("group__name", "group__rule", "is_yours", "joined_at")


def _onboarding_answers(user: User) -> QuerySet:
    rows = StartingAnswer.objects.of(user).order_by("created_at", "pk")
    fields = ("movie_id", "movie__title", "movie__year", "kind", "created_at")
    return rows.values_list(*fields)


def _factors(user: User) -> Iterator[tuple]:
    rows = UserFactors.objects.filter(user=user).order_by("run")
    for run, bias, vector, interest in rows.values_list("run", "bias", "vector", "interest"):
        yield run, bias, _numbers(vector), _numbers(interest)


def _suspicions(user: User) -> QuerySet:
    rows = SuspiciousProfile.objects.filter(user=user)
    fields = ("suspicion", "rdma", "principal_share", "n_ratings", "found_at", "cleared_at")
    return rows.values_list(*fields)


def _numbers(vector: bytes) -> list[float]:
    return [round(number, 6) for number in np.frombuffer(vector, VECTOR).tolist()]


TABLES = (
    Table(
        "predictions",
        "what we predicted before you rated",
        ("movie_id", "title", "year", "predicted", "stars", "rated_at"),
        _predictions,
    ),
    Table("groups", "groups you're in", ("name", "rule", "is_yours", "joined_at"), _groups),
    Table(
        "start",
        "your answers when you started: kinds of movies, favourites, movies you hadn't seen",
        ("movie_id", "title", "year", "kind", "created_at"),
        _onboarding_answers,
    ),
    Table(
        "factors",
        "what the model learned about your taste, for each stored run",
        ("run", "bias", "stars", "interest"),
        _factors,
    ),
    Table(
        "suspicion",
        "how unusual your ratings looked to our check for made-up profiles, if they did",
        ("suspicion", "rdma", "principal_share", "n_ratings", "found_at", "cleared_at"),
        _suspicions,
    ),
)

KEPT = (
    Kept(
        ("recommender.UserFactors",),
        _("What the model learned about your taste"),
        _("Until a newer model replaces it or you erase your account."),
        ("factors.csv",),
    ),
    Kept(
        ("recommender.LoggedPrediction",),
        _("What we predicted before you rated"),
        _("Until you change or remove the rating or erase your account."),
        ("predictions.csv",),
    ),
    Kept(
        ("recommender.SuspiciousProfile",),
        _("How unusual your ratings looked to our check for made-up profiles, if they did"),
        _("Until they no longer do, staff decided, or you erase your account."),
        ("suspicion.csv",),
    ),
    Kept(("recommender.StartingAnswer",), _("Your answers when you started"), files=("start.csv",)),
    Kept(
        ("recommender.Group", "recommender.Member"),
        _("Groups you started or joined"),
        files=("groups.csv",),
    ),
    Kept(
        ("recommender.Guest", "recommender.GuestRating"),
        _("Group guests: the name they chose and their ratings"),
        _("For seven days after they join, or until they leave."),
    ),
    Kept(
        ("recommender.TriedRating",),
        _("Ratings of visitors trying out the site, under a random number"),
        _("For two weeks."),
    ),
)
