"""Serializers of the onboarding API."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from cfsite.lib.api.rest import WholeListSerializer
from cfsite.lib.api.strict import QuerySerializer, StrictSerializer
from movies.api.movie_object import MovieSerializer
from recommender.onboarding.answers import MAX_GROUPS, MAX_MOVIES_PER_GROUP
from recommender.onboarding.forms import LARGEST_ID
from recommender.onboarding.questions import ENOUGH

MAX_QUESTIONS = 20


@extend_schema_serializer(component_name="GroupOfMovies")
class GroupSerializer(serializers.Serializer):
    name = serializers.CharField(help_text="What its movies have in common, such as their genres.")
    movies = MovieSerializer(many=True, help_text="One to three you haven't seen.")
    picked = serializers.BooleanField()


@extend_schema_serializer(many=False)
class StartSerializer(serializers.Serializer):
    n_ratings = serializers.IntegerField(help_text="How many movies you have rated.")
    enough = serializers.IntegerField(help_text=f"Ratings that make a first list: {ENOUGH}.")
    groups = GroupSerializer(
        many=True, help_text="Groups to pick from; none before the first training run."
    )
    favourites = MovieSerializer(many=True)


class PickSerializer(StrictSerializer):
    """Picked groups, in place of those picked before."""

    groups = serializers.ListField(
        child=serializers.ListField(
            child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
            max_length=MAX_MOVIES_PER_GROUP,
        ),
        max_length=MAX_GROUPS,
        help_text="For each picked group the ids of the movies that stand for it.",
    )


class QuestionsQuerySerializer(QuerySerializer):
    n = serializers.IntegerField(
        min_value=1, max_value=MAX_QUESTIONS, default=1, help_text="How many movies to ask about."
    )


@extend_schema_serializer(many=False)
class QuestionsSerializer(WholeListSerializer):
    results = MovieSerializer(many=True)
