"""API of the apps of a member: what changed, and many ratings at once."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from movies.api.serializers import RatingSerializer
from movies.sync.changes import Cursor, changes_since
from movies.sync.idempotency import Idempotent
from movies.sync.serializers import (
    MOST_RATINGS,
    ChangeSerializer,
    ChangesQuerySerializer,
    ChangesSerializer,
    RatingResultsSerializer,
    RatingWriteSerializer,
    RatingWritesSerializer,
)
from movies.sync.writes import Outcome, RatingWrite, Written, save_ratings

# Rows of one transaction: the member's other writes wait for it.
ROWS_AT_ONCE = 100
STATUSES = {
    Outcome.CREATED: (201, None),
    Outcome.CHANGED: (200, None),
    Outcome.UNCHANGED: (200, None),
    Outcome.REMOVED: (204, None),
    Outcome.STALE: (409, "stale"),
    Outcome.NO_MOVIE: (404, "not_found"),
}


class ChangesView(APIView):
    """Your ratings, marks, lists and viewings, and what changed of them."""

    permission_classes = [IsAuthenticated]
    query_serializer = ChangesQuerySerializer

    @extend_schema(parameters=[ChangesQuerySerializer], responses=ChangesSerializer)
    def get(self, request: Request) -> Response:
        """Everything the first time, then what changed since `cursor`, deletions too.

        Apply each result, keep `cursor`, follow `next` while there is one. A result may come
        twice. A cursor from which nothing was read for 180 days may have expired (410): start
        anew without `since`, and drop what you have of these.
        """
        asked = ChangesQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        since = asked.validated_data.get("since")
        cursor = Cursor.read(since, request.user) if since else None
        found = changes_since(request.user, cursor, asked.validated_data["page_size"])
        text = found.cursor.text(request.user)
        rest = None
        if found.has_more:
            rest = replace_query_param(request.build_absolute_uri(), "since", text)
        context = {"request": request, "view": self}
        results = ChangeSerializer(found.changes, many=True, context=context).data
        return Response({"results": results, "next": rest, "previous": None, "cursor": text})


class MyRatingsView(Idempotent, APIView):
    """Many of your ratings at once."""

    permission_classes = [IsAuthenticated]

    @extend_schema(request=RatingWritesSerializer, responses=RatingResultsSerializer)
    def put(self, request: Request) -> Response:
        """Rate, change and remove up to 500 ratings, each with a result of its own.

        A row that is not valid, of an unknown movie or stale does not stop the others.
        """
        rows = _rows(request.data)
        results: list[dict[str, Any]] = [_invalid(row) for row in rows]
        writes: list[tuple[int, RatingWrite]] = []
        now = timezone.now()
        for place, row in enumerate(rows):
            sent = RatingWriteSerializer(data=row)
            if not sent.is_valid():
                results[place]["errors"] = list(_errors(sent.errors))
                results[place]["code"] = results[place]["errors"][0]["code"]
                continue
            fields = sent.validated_data
            write = RatingWrite(
                fields["movie"],
                fields["stars"],
                fields.get("rated_at") or now,
                fields.get("prediction_shown"),
            )
            writes.append((place, write))
        for start in range(0, len(writes), ROWS_AT_ONCE):
            some = writes[start : start + ROWS_AT_ONCE]
            saved = save_ratings(request.user, [write for _place, write in some])
            for (place, write), written in zip(some, saved, strict=True):
                results[place] = self._result(write, written)
        return Response({"results": results})

    def _result(self, write: RatingWrite, written: Written) -> dict[str, Any]:
        status, code = STATUSES[written.outcome]
        context = {"request": self.request, "view": self}
        rating = written.rating and RatingSerializer(written.rating, context=context).data
        return {
            "movie": write.movie_id,
            "status": status,
            "code": code,
            "errors": [],
            "rating": rating,
        }


def _rows(data: Any) -> list[Any]:
    rows = data.get("ratings") if isinstance(data, dict) else None
    if not isinstance(rows, list) or not rows:
        error = ErrorDetail(_("Send a list of ratings."), "required")
        raise ValidationError({"ratings": [error]})
    if unknown := sorted(str(name) for name in data if name != "ratings"):
        error = ErrorDetail(_("There is no such field to write."), "unknown_field")
        raise ValidationError({name: [error] for name in unknown})
    if len(rows) > MOST_RATINGS:
        text = _("Send up to %(n)d ratings at a time.") % {"n": MOST_RATINGS}
        raise ValidationError({"ratings": [ErrorDetail(text, "max_length")]})
    return rows


def _invalid(row: Any) -> dict[str, Any]:
    movie = row.get("movie") if isinstance(row, dict) else None
    is_id = isinstance(movie, int) and not isinstance(movie, bool) and 0 < movie < 2**63
    return {
        "movie": movie if is_id else None,
        "status": 400,
        "code": "invalid",
        "errors": [],
        "rating": None,
    }


def _errors(errors: Any) -> list[dict[str, str | None]]:
    return [
        {
            "field": None if field == "non_field_errors" else field,
            "code": error.code,
            "detail": str(error),
        }
        for field, some in errors.items()
        for error in some
    ]
