"""Sending bulk edits, and reading what became of them."""

import re

from django.test import Client

from accounts.models import User
from movies.models import Rating

PAGE, DO = "/me/ratings/", "/me/ratings/several/"


def stars_of(user: User) -> dict[int, float]:
    return {one.movie_id: one.stars for one in Rating.objects.of(user)}


def state_of(user: User) -> set[tuple]:
    fields = ("movie_id", "half_stars", "rated_at", "prediction_shown")
    return set(Rating.objects.of(user).values_list(*fields))


def post(client: Client, ratings: list[Rating] = (), **fields: object) -> object:
    ids = [one.pk for one in ratings]
    return client.post(DO, {"ratings": ids, "action": "stars", **fields}, follow=True)


def message_of(answer: object) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def undo_of(answer: object) -> str:
    return re.search(r'action="(/me/ratings/several/\d+/undo/)"', answer.content.decode())[1]
