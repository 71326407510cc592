"""Serializers of recommendations."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from accounts.models import Boldness
from cfsite.lib.api.rest import WholeListSerializer
from cfsite.lib.api.strict import QuerySerializer, StrictSerializer
from movies.api.movie_object import MovieSerializer
from movies.api.movie_query import LARGEST_ID, LONGEST_SLUG, MOST_IDS, MovieChoices
from movies.api.serializers import StarsField
from movies.models import Genre
from recommender.api.sent_ratings import REFERENCES
from recommender.core.explain.reasons import ReasonKind
from recommender.serving.similar_steering import DIRECTIONS

MOST = 100
MOST_SENT = 500
SHARE = "In stars; negative if it lowers the prediction."


def number_of_movies(default: int, **kwargs: Any) -> serializers.IntegerField:
    """How many movies a client wants."""
    return serializers.IntegerField(
        min_value=1, max_value=MOST, default=default, help_text="Number of movies.", **kwargs
    )


def boldness(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=Boldness.BEST_KNOWN.value,
        max_value=Boldness.OFF_THE_TRACK.value,
        help_text="From -2 (best known movies) to 2 (off the beaten track).",
        **kwargs,
    )


class RecommendationsQuery(MovieChoices, QuerySerializer):
    """How many recommendations a client wants, and of which movies."""

    n = number_of_movies(24)
    boldness = boldness(required=False)
    exclude_watchlist = serializers.BooleanField(
        default=False, help_text="Leave out what is on your watchlist."
    )
    reasons = serializers.BooleanField(default=False, help_text="Give the reasons of each pick.")


class SimilarQuery(QuerySerializer):
    """How to steer a list of similar movies."""

    n = number_of_movies(12)
    steer = serializers.ListField(
        child=serializers.ChoiceField(choices=DIRECTIONS),
        default=list,
        help_text="Steer towards such movies. Repeat it to combine two directions; of two "
        "opposite ones, the last counts.",
    )
    more_of = serializers.CharField(
        required=False, max_length=LONGEST_SLUG, help_text="Slug of a genre."
    )

    def validate_more_of(self, slug: str) -> Genre:
        genre = Genre.objects.filter(slug=slug).first()
        if genre is None:
            raise serializers.ValidationError(_("Unknown genre."), code="does_not_exist")
        return genre


class ReasonSerializer(serializers.Serializer):
    """One of your ratings that speaks for a movie."""

    kind = serializers.ChoiceField(
        choices=[kind.value for kind in ReasonKind],
        help_text="`stars`: your rating of it raises the prediction by at least 0.1 stars, both "
        "by its share and compared with not having rated it. `audience`: people who "
        "loved it loved this movie too.",
    )
    movie = MovieSerializer()
    stars = serializers.FloatField(help_text="Stars you gave it.")
    share = serializers.FloatField(help_text=SHARE)
    without = serializers.FloatField(
        allow_null=True,
        help_text="Predicted stars without this rating; null for `audience`.",
    )


class RecommendationSerializer(serializers.Serializer):
    movie = MovieSerializer()
    score = serializers.FloatField(
        allow_null=True, help_text="Orders the list; scores of different lists can't be compared."
    )
    reasons = ReasonSerializer(
        many=True,
        required=False,
        help_text="With `reasons=true`: as on the movie's page, up to three of kind `stars`, or "
        "one of kind `audience`, or none.",
    )


@extend_schema_serializer(many=False)
class RecommendationsSerializer(WholeListSerializer):
    run = serializers.IntegerField(
        allow_null=True, help_text="The training run behind the answer; null before the first."
    )
    source = serializers.ChoiceField(
        choices=["personal", "popular"],
        help_text="`popular` for somebody we know nothing about yet.",
    )
    results = RecommendationSerializer(many=True)


@extend_schema_serializer(many=False)
class SimilarSerializer(WholeListSerializer):
    results = MovieSerializer(many=True)


class SentRatingSerializer(StrictSerializer):
    """A rating, of a movie named by one of three numbers."""

    movie = serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, required=False, help_text="The id on this site."
    )
    imdb_id = serializers.RegexField(r"^tt[0-9]{5,10}$", required=False)
    tmdb_id = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    stars = StarsField()
    rated_at = serializers.DateTimeField(
        required=False,
        help_text="Newer ratings count more. Without it: a minute after the rating before.",
    )

    def validate(self, rating: dict[str, Any]) -> dict[str, Any]:
        if len(rating.keys() & set(REFERENCES)) != 1:
            text = "Name the movie by exactly one of movie, imdb_id and tmdb_id."
            raise serializers.ValidationError(text, "reference")
        return rating


class PredictSerializer(MovieChoices, StrictSerializer):
    """Ratings, and which movies are wanted."""

    tonight = None  # visitors have no services
    ratings = SentRatingSerializer(
        many=True,
        max_length=MOST_SENT,
        help_text="Oldest first. Of two ratings of one movie the later one counts.",
    )
    n = number_of_movies(24)
    boldness = boldness(default=Boldness.BALANCED.value)
    reasons = serializers.BooleanField(default=False, help_text="Give the reasons of each pick.")
    movies = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
        max_length=MOST_IDS,
        default=list,
        help_text="Ids of movies to predict the stars of.",
    )

    def validate_ratings(self, ratings: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({"rated_at" in rating for rating in ratings}) > 1:
            text = "Send rated_at with all ratings or with none."
            raise serializers.ValidationError(text, "rated_at")
        return ratings


@extend_schema_serializer(many=False)
class PredictionsSerializer(RecommendationsSerializer):
    movies = MovieSerializer(
        many=True, help_text="Those of `movies` that exist, with their predicted stars."
    )
    not_found = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Which of `ratings` are of movies that this site does not have, from 0.",
    )
