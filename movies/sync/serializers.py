"""API representation of changes, and of what apps write with a time."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from movies.api.serializers import MarkSerializer, RatingSerializer, StarsField
from movies.diary.serializers import ViewingSerializer
from movies.lists.serializers import ListSerializer
from movies.models import ListEntry, Mark
from movies.sync.changes import TABLES, Change
from movies.sync.times import ClientTimeField

MOST_RATINGS = 500


class RatingWriteSerializer(serializers.Serializer):
    """One row of a bulk write."""

    movie = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    stars = StarsField(allow_null=True, help_text="null removes your rating.")
    rated_at = ClientTimeField(required=False, help_text="When you did it; now if left out.")
    prediction_shown = serializers.BooleanField(
        required=False,
        help_text="Whether a predicted rating was visible; left as it was if left out.",
    )


class RatingWritesSerializer(serializers.Serializer):
    ratings = RatingWriteSerializer(many=True)


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


class SyncedEntrySerializer(serializers.ModelSerializer):
    """A movie of a list. Look up movies you don't know by `/movies/?ids=`."""

    movie_id = serializers.IntegerField()
    place = serializers.IntegerField(source="position")

    class Meta:
        model = ListEntry
        fields = ["movie_id", "place", "note", "added_at"]
        read_only_fields = fields


class SyncedListSerializer(ListSerializer):
    """A list with all of its movies, in order."""

    entries = serializers.SerializerMethodField()

    class Meta(ListSerializer.Meta):
        fields = [*ListSerializer.Meta.fields, "entries"]
        read_only_fields = fields

    @extend_schema_field(SyncedEntrySerializer(many=True))
    def get_entries(self, movie_list: Any) -> list[dict[str, Any]]:
        return SyncedEntrySerializer(self.context["entries"][movie_list.pk], many=True).data


class ChangeSerializer(serializers.Serializer):
    """One rating, mark, list or viewing as it is now. Of `rating`, `mark`, `list` and `viewing`
    the one of its kind is given, unless it was deleted."""

    kind = serializers.ChoiceField(choices=[str(table) for table in TABLES])
    id = serializers.IntegerField(
        source="key", help_text="The movie's for a rating or mark, else the list's or viewing's."
    )
    mark_kind = serializers.ChoiceField(
        source="mark", choices=Mark.Kind.values, allow_null=True, help_text="null if no mark."
    )
    is_deleted = serializers.SerializerMethodField()
    at = serializers.DateTimeField(help_text="When you did it: of two writes the newer stands.")
    rating = serializers.SerializerMethodField()
    mark = serializers.SerializerMethodField()
    list = serializers.SerializerMethodField()
    viewing = serializers.SerializerMethodField()

    def get_is_deleted(self, change: Change) -> bool:
        return change.row is None

    @extend_schema_field(RatingSerializer(allow_null=True))
    def get_rating(self, change: Change) -> Any:
        return self._row(change, "rating", RatingSerializer)

    @extend_schema_field(MarkSerializer(allow_null=True))
    def get_mark(self, change: Change) -> Any:
        return self._row(change, "mark", MarkSerializer)

    @extend_schema_field(SyncedListSerializer(allow_null=True))
    def get_list(self, change: Change) -> Any:
        return self._row(change, "list", SyncedListSerializer)

    @extend_schema_field(ViewingSerializer(allow_null=True))
    def get_viewing(self, change: Change) -> Any:
        return self._row(change, "viewing", ViewingSerializer)

    def _row(
        self, change: Change, kind: str, serializer: type[serializers.BaseSerializer]
    ) -> dict[str, Any] | None:
        if change.kind != kind or change.row is None:
            return None
        context = self.context
        if change.entries is not None:
            context = {**context, "entries": {change.row.pk: change.entries}}
        return serializer(change.row, context=context).data


class ChangesQuerySerializer(serializers.Serializer):
    since = serializers.CharField(
        required=False,
        max_length=500,
        help_text="The `cursor` of the last answer; everything without one.",
    )
    page_size = serializers.IntegerField(min_value=1, max_value=100, default=24)


class ChangesSerializer(serializers.Serializer):
    results = ChangeSerializer(many=True)
    next = serializers.URLField(allow_null=True, help_text="The rest, if there is more.")
    previous = serializers.URLField(allow_null=True, help_text="Always null.")
    cursor = serializers.CharField(help_text="Keep it with what you applied, for `since`.")
