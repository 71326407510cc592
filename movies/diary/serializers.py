"""API representation of viewings."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers import VisibleField
from movies.api.movie_object import MovieSerializer
from movies.diary.forms import check_watched
from movies.models import Viewing
from movies.models.viewings import LONGEST_NOTE, LONGEST_TAG, MOST_TAGS, clean_note, clean_tags
from movies.periods import Period
from movies.sync.times import AtSerializer

WATCHED = {
    "anyOf": [
        {"type": "string", "format": "date"},
        {"type": "string", "pattern": "^(19|20)[0-9]{2}(-(0[1-9]|1[0-2]))?$"},
    ],
    "nullable": True,
    "description": "As far as it is known: 2026-03-05, 2026-03 or 2026; null if it is not.",
}


@extend_schema_field(WATCHED)
class WatchedField(serializers.Field):
    default_error_messages = {"invalid": "A date is written like 2026-03-05, 2026-03 or 2026."}

    def to_internal_value(self, data: Any) -> Period:
        period = Period.parse(data) if isinstance(data, str) else None
        if period is None:
            self.fail("invalid")
        check_watched(period)
        return period

    def to_representation(self, period: Period) -> str:
        return str(period)


class ViewingSerializer(serializers.ModelSerializer):
    """One of your viewings; only you can see it."""

    movie = MovieSerializer(source="movie_id", read_only=True)
    watched = WatchedField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField(), source="tag_names")

    class Meta:
        model = Viewing
        fields = ["id", "movie", "watched", "is_rewatch", "tags", "note", "created_at"]
        fields += ["updated_at"]
        read_only_fields = fields


class ViewingChangeSerializer(AtSerializer):
    """Fields left out do not change."""

    watched = WatchedField(allow_null=True, required=False)
    is_rewatch = serializers.BooleanField(required=False)
    tags = serializers.ListField(
        child=serializers.RegexField("^[^,]*$", max_length=LONGEST_TAG, allow_blank=True),
        max_length=MOST_TAGS,
        required=False,
        help_text="All tags of the viewing, without commas; case and accents make no difference.",
    )
    note = VisibleField(clean=clean_note, max_length=LONGEST_NOTE, allow_blank=True, required=False)

    def validate_tags(self, tags: list[str]) -> list[str]:
        try:
            return clean_tags(tags)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error


class NewViewingSerializer(ViewingChangeSerializer):
    """Only the movie is required; a viewing without `watched` has no date."""

    movie = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="The movie's id.")


class TagSerializer(serializers.Serializer):
    name = serializers.CharField()
    n = serializers.IntegerField(help_text="How many of your viewings have it.")
