"""Writes that an app may repeat: with an `Idempotency-Key`, a request is carried out once.

The answer is stored in the transaction of what the request did. So a request that is sent again
while the first is being answered waits for it, and one that failed has left nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from cfsite.lib.api.problems import Conflict
from movies.models import StoredAnswer
from movies.models.sync import LONGEST_KEY

if TYPE_CHECKING:
    from accounts.models import User

HEADER = "Idempotency-Key"
# A member who sends more keys in a day loses the oldest answers.
MOST_ANSWERS, LOOKED_AFTER_EVERY = 1000, 50

Handler = Callable[..., Response]


class KeyReused(APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = _("This Idempotency-Key was sent with another request.")


class Idempotent:
    """Mixin of API views: honours the key of POST, PUT, PATCH and DELETE."""

    takes_idempotency_key = True  # for the schema

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        method = request.method.lower()
        key = request.headers.get(HEADER)
        handler = getattr(self, method, None)
        if key is None or handler is None or method not in ("post", "put", "patch", "delete"):
            return
        if not request.user.is_authenticated:
            return
        _check(key)
        setattr(self, method, _once(handler, key))


def _check(key: str) -> None:
    if not key or len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
        text = _("A key has 1 to %(n)d printable ASCII characters.") % {"n": LONGEST_KEY}
        raise ValidationError({HEADER: [ErrorDetail(text, "invalid")]})


def _once(handler: Handler, key: str) -> Handler:
    def handle(request: Request, *args: Any, **kwargs: Any) -> Response:
        wanted = _hash(request)
        try:
            with transaction.atomic():
                if stored := _claim(request.user, key, wanted):
                    return _repeated(stored, wanted)
                answer = handler(request, *args, **kwargs)
                StoredAnswer.objects.filter(user=request.user, key=key).update(
                    status=answer.status_code, body=_as_json(answer.data)
                )
                return answer
        except IntegrityError as error:  # a movie was deleted meanwhile
            raise Conflict from error

    return handle


def _claim(user: User, key: str, wanted: str) -> StoredAnswer | None:
    """The answer that is stored already; None if the request is to be carried out now."""
    mine, is_new = StoredAnswer.objects.get_or_create(
        user=user, key=key, defaults={"request_hash": wanted}
    )
    if not is_new:
        return mine
    if mine.pk % LOOKED_AFTER_EVERY == 0:
        newest = StoredAnswer.objects.filter(user=user).order_by("-pk")
        oldest_kept = newest.values_list("pk", flat=True)[MOST_ANSWERS : MOST_ANSWERS + 1].first()
        if oldest_kept is not None:
            StoredAnswer.objects.filter(user=user, pk__lte=oldest_kept).delete()
    return None


def _repeated(stored: StoredAnswer, wanted: str) -> Response:
    if stored.request_hash != wanted:
        raise KeyReused
    answer = Response(stored.body, status=stored.status)
    answer["Idempotency-Replayed"] = "true"
    return answer


def _hash(request: Request) -> str:
    request_of = [request.method, request.get_full_path(), request.data]
    return hashlib.sha256(json.dumps(request_of, sort_keys=True).encode()).hexdigest()


def _as_json(data: Any) -> Any:
    return None if data is None else json.loads(json.dumps(data))
