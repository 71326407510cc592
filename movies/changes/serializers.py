"""API representation of changes."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cfsite.lib.api.strict import QuerySerializer
from movies.api.serializers import MarkSerializer, RatingSerializer
from movies.changes.query import TABLES, Change
from movies.diary.serializers import ViewingSerializer
from movies.lists.serializers import ListSerializer
from movies.models import ListEntry, Mark


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
        return not self._is_there(change)

    def _is_there(self, change: Change) -> bool:
        """Not if its movie was deleted since the change was read."""
        if change.has_movie:
            return change.row.movie_id in self.context["movies"]
        return change.row is not None

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
        if change.kind != kind or not self._is_there(change):
            return None
        context = self.context
        if change.entries is not None:
            context = {**context, "entries": {change.row.pk: change.entries}}
        return serializer(change.row, context=context).data


class ChangesQuerySerializer(QuerySerializer):
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
