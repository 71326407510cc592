"""API of many ratings at once."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cfsite.lib.api.problems import field_errors
from cfsite.lib.api.strict import StrictQuery, StrictSerializer
from movies.api.representation import ShowsMovies
from movies.api.serializers import RatingSerializer, StarsField
from movies.sync.idempotency import Idempotent
from movies.sync.times import ClientTimeField
from movies.sync.writes import Outcome, RatingWrite, Written, save_ratings

MOST_RATINGS = 500
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


class RatingWriteSerializer(StrictSerializer):
    """One row of a bulk write."""

    movie = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    stars = StarsField(allow_null=True, help_text="null removes your rating.")
    rated_at = ClientTimeField(required=False, help_text="When you did it; now if left out.")
    prediction_shown = serializers.BooleanField(
        required=False,
        help_text="Whether a predicted rating was visible; left as it was if left out.",
    )


class RatingWritesSerializer(StrictSerializer):
    """The rows of a bulk write."""

    ratings = serializers.ListField(
        child=RatingWriteSerializer(), min_length=1, max_length=MOST_RATINGS
    )


class RowProblemSerializer(serializers.Serializer):
    field = serializers.CharField(allow_null=True)
    code = serializers.CharField()
    detail = serializers.CharField()


class RatingResultSerializer(serializers.Serializer):
    """What became of one row."""

    movie = serializers.IntegerField(allow_null=True, help_text="As sent; null if it was no id.")
    status = serializers.ChoiceField(
        choices=[200, 201, 204, 400, 404, 409],
        help_text="As for the same write alone: 201 created, 200 changed or as it was, 204 "
        "removed, 400 invalid, 404 no such movie, 409 stale.",
    )
    code = serializers.CharField(
        allow_null=True, help_text="`stale`, `not_found`, or the code of the first error."
    )
    errors = RowProblemSerializer(many=True)
    rating = RatingSerializer(allow_null=True, help_text="What stands now.")


class RatingResultsSerializer(serializers.Serializer):
    results = RatingResultSerializer(many=True, help_text="In the order of the rows.")


class MyRatingsView(Idempotent, ShowsMovies, StrictQuery, APIView):
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
                results[place]["errors"] = field_errors(sent.errors)
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
        done: list[Written] = []
        for start in range(0, len(writes), ROWS_AT_ONCE):
            some = [write for _place, write in writes[start : start + ROWS_AT_ONCE]]
            done += save_ratings(request.user, some)
        context = self.with_movies(one.rating.movie_id for one in done if one.rating)
        for (place, write), written in zip(writes, done, strict=True):
            results[place] = _result(write, written, context)
        return Response({"results": results})


def _result(write: RatingWrite, written: Written, context: dict[str, Any]) -> dict[str, Any]:
    status, code = STATUSES[written.outcome]
    is_there = written.rating and written.rating.movie_id in context["movies"]
    return {
        "movie": write.movie_id,
        "status": status,
        "code": code,
        "errors": [],
        "rating": RatingSerializer(written.rating, context=context).data if is_there else None,
    }


def _rows(data: Any) -> list[Any]:
    fields = data if isinstance(data, dict) else {}
    if unknown := sorted(str(name) for name in fields if name != "ratings"):
        error = ErrorDetail(_("This field can’t be written."), "unknown_field")
        raise ValidationError({name: [error] for name in unknown})
    rows = fields.get("ratings")
    if not isinstance(rows, list) or not rows:
        error = ErrorDetail(_("Send a list of ratings."), "required")
        raise ValidationError({"ratings": [error]})
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
