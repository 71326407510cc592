"""Serializers of recommendations."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from cfsite.lib.strict import QuerySerializer
from movies.api.movie_filters import LONGEST_SLUG
from movies.api.serializers import MovieSerializer
from movies.models import Genre
from recommender.serving.similar_steering import DIRECTIONS

MOST = 100


def number_of_movies(default: int) -> serializers.IntegerField:
    """How many movies a client wants."""
    return serializers.IntegerField(
        min_value=1, max_value=MOST, default=default, help_text="Number of movies."
    )


ABOUT_TONIGHT = "Nothing but movies in the library and on your services."


class RecommendationsQuerySerializer(QuerySerializer):
    n = number_of_movies(24)
    tonight = serializers.BooleanField(default=False, help_text=ABOUT_TONIGHT)


class SimilarQuerySerializer(QuerySerializer):
    """`steer` and `more_of` turn the list."""

    n = number_of_movies(12)
    steer = serializers.ListField(
        child=serializers.ChoiceField(choices=DIRECTIONS),
        default=list,
        help_text="Steer towards such movies. Repeat it to combine two directions; of two "
        "opposite ones, the last counts.",
    )
    more_of = serializers.CharField(
        default="", max_length=LONGEST_SLUG, help_text="Slug of a genre."
    )

    def validate_more_of(self, slug: str) -> Genre | None:
        if not slug:
            return None
        genre = Genre.objects.filter(slug=slug).first()
        if genre is None:
            raise serializers.ValidationError("Unknown genre.", code="does_not_exist")
        return genre


class RecommendationSerializer(serializers.Serializer):
    movie = MovieSerializer(read_only=True)
    stars = serializers.FloatField(
        allow_null=True,
        read_only=True,
        help_text="Predicted stars, 0.5 to 5; null if unknown.",
    )
    score = serializers.FloatField(
        allow_null=True,
        read_only=True,
        help_text="Orders the list; scores of different lists can't be compared.",
    )


@extend_schema_serializer(many=False)
class RecommendationsSerializer(serializers.Serializer):
    run = serializers.IntegerField(
        allow_null=True, help_text="The training run behind the answer; null before the first."
    )
    source = serializers.ChoiceField(
        choices=["personal", "popular"],
        help_text="`popular` for somebody we know nothing about yet.",
    )
    items = RecommendationSerializer(many=True)


class SimilarSerializer(serializers.Serializer):
    items = MovieSerializer(many=True)
