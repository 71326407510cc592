"""API of versions: a cheap signal that something an app keeps has changed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db.models import IntegerField, Subquery, Sum, Value
from django.http import HttpRequest
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from cfsite.lib.api.strict import StrictQuery
from movies.changes.query import current_cursor
from movies.models import CatalogueVersion, ChangeCounter
from recommender.models import TrainingRun


class StateSerializer(serializers.Serializer):
    run = serializers.IntegerField(
        allow_null=True, help_text="The training run behind all predictions; null before the first."
    )
    catalogue = serializers.IntegerField(help_text="Changes with every edit of the catalogue.")
    changes = serializers.CharField(
        help_text="The `cursor` of `/me/changes/` for whoever knows all of yours."
    )
    settings = serializers.CharField(help_text="Changes with your preferences in `/me/`.")


class StateView(StrictQuery, APIView):
    """Versions of what an app may keep."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses={200: StateSerializer, 304: None})
    def get(self, request: Request) -> Response:
        """Compare each with the one you kept, and read anew what differs.

        With `If-None-Match`, the answer is 304 while nothing has changed.
        """
        state = _state_of(request.user)
        etag = f'"{_digest(state)}"'
        plain: HttpRequest = request._request
        answer = Response(state, headers={"ETag": etag})
        return get_conditional_response(plain, etag=etag, response=answer)


def _state_of(user: User) -> dict[str, Any]:
    """One query, so the versions come from the database that this member's movies come from.

    With the primary's, an app would keep what a replica still has of a movie as the newest.
    """
    total = (
        CatalogueVersion.objects.order_by()
        .values(all_rows=Value(1))
        .annotate(n=Sum("count") + Sum("people") + Sum("descriptions"))
        .values("n")
    )
    active = TrainingRun.objects.filter(is_active=True).values("pk")[:1]
    found = (
        ChangeCounter.objects.filter(pk=user.pk)
        .annotate(run=Subquery(active), catalogue=Subquery(total, output_field=IntegerField()))
        .values_list("number", "run", "catalogue")
        .first()
    )
    number, run, catalogue = found or (0, None, None)
    preferences = {name: getattr(user, name) for name in User.PREFERENCES}
    return {
        "run": run,
        "catalogue": int(catalogue or 0),
        "changes": current_cursor(user, number),
        "settings": _digest(preferences),
    }


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
