"""API of explanations and what-if lists: actions of the viewset of movies."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import (
    extend_schema,
    extend_schema_field,
    extend_schema_serializer,
)
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from cfsite.lib.api.rest import WholeListSerializer, whole_list
from cfsite.lib.api.strict import QuerySerializer
from movies.api.movie_object import STARS, MovieSerializer
from movies.models import Movie
from movies.stars import to_half_stars
from recommender.api.recommendations import ShowsRecommendations, movies_for_api
from recommender.api.serializers import (
    MOST,
    SHARE,
    ReasonSerializer,
    RecommendationSerializer,
    number_of_movies,
)
from recommender.serving import explain
from recommender.serving.what_if import N_LISTED, what_if

NOTHING_TO_SAY = "There are no predictions here yet."


@extend_schema_field(STARS)
class StarsTextField(serializers.Field):
    """Stars in a query string."""

    def to_internal_value(self, data: Any) -> float:
        try:
            return to_half_stars(str(data)) / 2
        except ValueError as error:
            text = "From 0.5 to 5.0 in half steps."
            raise serializers.ValidationError(text, "invalid") from error


class ReasonsQuery(QuerySerializer):
    n = serializers.IntegerField(
        min_value=0, max_value=MOST, default=explain.SHOWN, help_text="Number of your ratings."
    )


class WhatIfQuery(QuerySerializer):
    stars = StarsTextField(help_text="Stars you would give.")
    n = number_of_movies(N_LISTED)


class OwnRatingSerializer(serializers.Serializer):
    movie = MovieSerializer()
    stars = serializers.FloatField(help_text="Stars you gave it.")
    share = serializers.FloatField(help_text=SHARE)
    without = serializers.FloatField(help_text="Predicted stars without this rating.")


class ReasonsSerializer(serializers.Serializer):
    """The exact parts of a prediction; average + standing + ... + others = prediction."""

    run = serializers.IntegerField(source="run_id")
    movie = MovieSerializer()
    stars = serializers.FloatField(help_text="The prediction on the scale, 0.5 to 5.")
    prediction = serializers.FloatField(
        help_text="The sum of all parts, before it is limited to the scale."
    )
    average = serializers.FloatField(help_text="Average of all ratings.")
    standing = serializers.FloatField(help_text="How well liked the movie is. " + SHARE)
    tendency = serializers.FloatField(help_text="How generous you are with stars. " + SHARE)
    typical_taste = serializers.FloatField(
        source="typical", help_text="Taste of a typical person; fades with each rating you give."
    )
    reasons = ReasonSerializer(
        source="named",
        many=True,
        help_text="Reasons to watch the movie, as on its page: up to three of kind `stars`, or "
        "one of kind `audience`, or none. Cards show the first.",
    )
    ratings = OwnRatingSerializer(
        many=True, help_text="Your ratings that matter most, strongest first."
    )
    n_others = serializers.IntegerField(help_text="How many more of your ratings play a part.")
    others = serializers.FloatField(help_text="Their combined share. " + SHARE)


@extend_schema_serializer(many=False)
class WhatIfSerializer(WholeListSerializer):
    run = serializers.IntegerField()
    source = serializers.ChoiceField(choices=["personal", "popular"])
    results = RecommendationSerializer(many=True, help_text="The list you would get, best first.")
    coming = serializers.ListField(
        child=serializers.IntegerField(), help_text="Ids of the movies that would join your list."
    )
    going = serializers.ListField(
        child=serializers.IntegerField(), help_text="Ids of the movies that would leave your list."
    )


class Explains(ShowsRecommendations):
    """Actions of a viewset of movies that explain its predictions."""

    @extend_schema(responses=ReasonsSerializer)
    @action(
        detail=True,
        permission_classes=[IsAuthenticated],
        pagination_class=None,
        query_serializer=ReasonsQuery,
    )
    def explanation(self, request: Request, pk: str) -> Response:
        """Why this movie is predicted the stars it is, for you."""
        why = explain.explain(request.user, get_object_or_404(Movie, pk=pk), **self.query())
        if why is None:
            raise NotFound(NOTHING_TO_SAY)
        rated = [one.movie.pk for one in (*why.named, *why.ratings)]
        context = self.with_movies([why.movie.pk, *rated])
        return Response(ReasonsSerializer(why, context=context).data)

    @extend_schema(responses=WhatIfSerializer)
    @action(
        detail=True,
        url_path="what-if",
        permission_classes=[IsAuthenticated],
        pagination_class=None,
        query_serializer=WhatIfQuery,
    )
    def what_if(self, request: Request, pk: str) -> Response:
        """Your list as it would be if you gave this movie so many stars; nothing is saved."""
        movie = get_object_or_404(Movie, pk=pk)
        change = what_if(request.user, movie, **self.query(), find=movies_for_api)
        if change is None:
            raise NotFound(NOTHING_TO_SAY)
        after = change.after
        entries = self.represent_recommendations(after)
        lists = {"coming": change.coming, "going": change.going}
        return Response(whole_list(entries, run=after.run_id, source=after.source, **lists))
