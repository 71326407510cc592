"""Serializers of facets, ratings and marks."""

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from cfsite.lib.api.rest import WholeListSerializer
from cfsite.lib.api.strict import StrictSerializer
from movies.api.movie_object import STARS, MovieSerializer
from movies.models import EarlierRating, Mark
from movies.stars import to_half_stars
from movies.sync.times import ABOUT_AT, ClientTimeField


@extend_schema_field(STARS)
class StarsField(serializers.Field):
    """Stars on the half-star grid, as a JSON number: "4" and true are rejected."""

    default_error_messages = {
        "invalid": "A rating is one of 0.5, 1.0, 1.5 ... 5.0 stars, as a number."
    }

    def to_internal_value(self, data: Any) -> float:
        if not isinstance(data, int | float):
            self.fail("invalid")
        try:
            return to_half_stars(data) / 2
        except ValueError:
            self.fail("invalid")

    def to_representation(self, value: float) -> float:
        return value


@extend_schema_serializer(component_name="Genre")
class GenreSerializer(serializers.Serializer):
    slug = serializers.CharField(help_text="For the parameter `genre`; the same in all languages.")
    name = serializers.CharField(source="label", help_text="In your language.")
    n_movies = serializers.IntegerField()


@extend_schema_serializer(many=False)
class GenresSerializer(WholeListSerializer):
    count = serializers.IntegerField()
    results = GenreSerializer(many=True)


class ChoiceSerializer(serializers.Serializer):
    value = serializers.CharField(help_text="The value to send for this choice.")
    label = serializers.CharField()
    n = serializers.IntegerField(help_text="Movies left if you add this choice.")
    chosen = serializers.BooleanField(source="on")


class FacetSerializer(serializers.Serializer):
    key = serializers.CharField(help_text="The query parameter these choices belong to.")
    label = serializers.CharField()
    choices = ChoiceSerializer(many=True)


class FacetsSerializer(serializers.Serializer):
    """Facets with the counts of their choices; those with a single choice are left out."""

    n = serializers.IntegerField(help_text="Movies that match the current choices.")
    facets = FacetSerializer(many=True)


class RatingSerializer(serializers.Serializer):
    """One of your ratings."""

    # No model serializer: finding out its fields takes longer than writing them.
    movie = MovieSerializer(source="movie_id", read_only=True)
    stars = StarsField(read_only=True)
    rated_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)
    prediction_shown = serializers.BooleanField(read_only=True)


class EarlierRatingSerializer(serializers.ModelSerializer):
    """A rating you have since changed or removed."""

    movie = MovieSerializer(source="movie_id", read_only=True)
    stars = StarsField(read_only=True)

    class Meta:
        model = EarlierRating
        fields = ["movie", "stars", "rated_at", "replaced_at"]
        read_only_fields = fields


class RateSerializer(StrictSerializer):
    """The body of a PUT; user and movie are known from the request."""

    stars = StarsField()
    rated_at = ClientTimeField(required=False, help_text=ABOUT_AT)
    prediction_shown = serializers.BooleanField(
        required=False,
        help_text="Whether a predicted rating was visible when this rating was given; left as it "
        "was if left out.",
    )


class MarkSerializer(serializers.ModelSerializer):
    movie = MovieSerializer(source="movie_id", read_only=True)

    class Meta:
        model = Mark
        fields = ["movie", "kind", "created_at"]
        read_only_fields = fields


@extend_schema_serializer(many=False)
class MovieMarksSerializer(WholeListSerializer):
    results = MarkSerializer(many=True)
