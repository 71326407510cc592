"""API representation of lists and their movies."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from accounts.api.serializers import VisibleField
from accounts.models import name_of
from cfsite.lib.api.strict import QuerySerializer, StrictSerializer
from cfsite.lib.text import paragraphs
from movies.api.movie_object import MovieSerializer
from movies.api.serializers import StarsField
from movies.lists.entries import MAX_MOVIES, SORTS
from movies.models import ListEntry, MovieList
from movies.models.lists import LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_NOTE


class ListOwnerSerializer(serializers.Serializer):
    name = serializers.CharField(help_text="The name other people see.")
    is_you = serializers.BooleanField()


class ListSerializer(serializers.ModelSerializer):
    """A list without its movies."""

    owner = serializers.SerializerMethodField()
    n_movies = serializers.IntegerField(source="n_entries", read_only=True)
    url = serializers.SerializerMethodField(
        help_text="The list's page: for its owner, and for everyone if it is public."
    )
    link = serializers.SerializerMethodField(
        help_text="The page for anyone with the link; null for private lists and for other people."
    )

    class Meta:
        model = MovieList
        fields = [
            "id",
            "name",
            "description",
            "is_numbered",
            "visibility",
            "owner",
            "n_movies",
            "url",
            "link",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    def get_owner(self, movie_list: MovieList) -> ListOwnerSerializer:
        owner = {"name": name_of(movie_list.owner), "is_you": self._is_own(movie_list)}
        return ListOwnerSerializer(owner).data

    def get_url(self, movie_list: MovieList) -> str:
        return self.context["request"].build_absolute_uri(movie_list.get_absolute_url())

    def get_link(self, movie_list: MovieList) -> str | None:
        if movie_list.is_private or not self._is_own(movie_list):
            return None
        return self.context["request"].build_absolute_uri(movie_list.get_shared_url())

    def _is_own(self, movie_list: MovieList) -> bool:
        return movie_list.owner_id == self.context["request"].user.pk


class ListChangeSerializer(StrictSerializer):
    """The fields that an owner may change."""

    name = VisibleField(max_length=LONGEST_NAME)
    description = VisibleField(
        clean=paragraphs, max_length=LONGEST_DESCRIPTION, allow_blank=True, required=False
    )
    is_numbered = serializers.BooleanField(required=False)
    visibility = serializers.ChoiceField(choices=MovieList.Visibility.choices, required=False)


class ListedMovieSerializer(serializers.Serializer):
    """A movie of a list, as anybody who may see the list reads it."""

    place = serializers.IntegerField()
    note = serializers.CharField()
    owners_stars = StarsField(
        help_text="The owner's stars; null unless their profile shows you their ratings.",
        allow_null=True,
    )
    movie = MovieSerializer()


class EntrySerializer(serializers.ModelSerializer):
    movie = MovieSerializer(source="movie_id", read_only=True)
    place = serializers.IntegerField(source="position", read_only=True)

    class Meta:
        model = ListEntry
        fields = ["movie", "place", "note", "added_at"]
        read_only_fields = fields


class EntryChangeSerializer(StrictSerializer):
    """Fields left out do not change; a new movie comes last."""

    note = VisibleField(max_length=LONGEST_NOTE, allow_blank=True, required=False)
    place = serializers.IntegerField(
        min_value=1,
        max_value=MAX_MOVIES,
        required=False,
        help_text="Position from 1; larger numbers mean the end of the list.",
    )


class KeyQuerySerializer(QuerySerializer):
    key = serializers.RegexField(
        "^[A-Za-z0-9_-]{1,40}$",
        required=False,
        help_text="The last part of the URL of a list shared by link.",
    )


class SortSerializer(StrictSerializer):
    by = serializers.ChoiceField(choices=list(SORTS))


def with_list_fields(
    movies: list[dict[str, Any]], rows: list[Any], places: Mapping[int, int]
) -> list[dict[str, Any]]:
    """Movies as represented elsewhere, each with its place, note and owner's stars."""
    return [
        {
            "place": places[row.pk],
            "note": row.note,
            "owners_stars": (getattr(row, "owners_half_stars", None) or 0) / 2 or None,
            "movie": movie,
        }
        for movie, row in zip(movies, rows, strict=True)
    ]
