"""API of explanations and what-if lists: actions of the viewset of movies."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from cfsite.lib.strict import QuerySerializer
from movies.api.serializers import STARS, MovieCardSerializer
from movies.models import Movie
from movies.rating.forms import StarsField
from recommender.api.serializers import MOST, RecommendationSerializer
from recommender.core.explain.reasons import ReasonKind
from recommender.representation import with_genres_and_directors
from recommender.serving import explain
from recommender.serving.what_if import N_LISTED, what_if

NOTHING_TO_SAY = "There are no predictions here yet."
SHARE = "In stars; negative if it lowers the prediction."


class ReasonsQuerySerializer(QuerySerializer):
    n = serializers.IntegerField(
        min_value=0, max_value=MOST, default=explain.SHOWN, help_text="Number of your ratings."
    )


@extend_schema_field(STARS)
class StarsTextField(serializers.CharField):
    """Stars as a query parameter."""

    def to_internal_value(self, data: Any) -> float:
        return StarsField().clean(super().to_internal_value(data))


class WhatIfQuerySerializer(QuerySerializer):
    stars = StarsTextField(help_text="Stars you would give.")
    n = serializers.IntegerField(
        min_value=1, max_value=MOST, default=N_LISTED, help_text="Number of movies."
    )


class OwnRatingSerializer(serializers.Serializer):
    movie = MovieCardSerializer()
    stars = serializers.FloatField(help_text="Stars you gave it.")
    share = serializers.FloatField(help_text=SHARE)
    without = serializers.FloatField(help_text="Predicted stars without this rating.")


class NamedReasonSerializer(OwnRatingSerializer):
    kind = serializers.ChoiceField(
        choices=[kind.value for kind in ReasonKind],
        help_text="`stars`: your rating of it raises the prediction by at least 0.1 stars, both "
        "by its share and compared with not having rated it. `audience`: people who "
        "loved it loved this movie too.",
    )
    without = serializers.FloatField(
        allow_null=True,
        help_text="Predicted stars without this rating; null for `audience`.",
    )


class ReasonsSerializer(serializers.Serializer):
    """The exact parts of a prediction; average + standing + ... + others = prediction."""

    run = serializers.IntegerField(source="run_id")
    stars = serializers.FloatField(help_text="The prediction on the scale, 0.5 to 5.")
    spread = serializers.FloatField(
        source="stars.spread", help_text="Standard deviation of your rating around it, in stars."
    )
    interval_80 = serializers.SerializerMethodField(
        help_text="Lower and upper end: eight out of ten such ratings fall between them."
    )
    prediction = serializers.FloatField(
        help_text="The sum of all parts, before it is limited to the scale."
    )
    average = serializers.FloatField(help_text="Average of all ratings.")
    standing = serializers.FloatField(help_text="How well liked the movie is. " + SHARE)
    tendency = serializers.FloatField(help_text="How generous you are with stars. " + SHARE)
    typical_taste = serializers.FloatField(
        source="typical", help_text="Taste of a typical person; fades with each rating you give."
    )
    reasons = NamedReasonSerializer(
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

    def get_interval_80(self, why: explain.Reasons) -> list[float]:
        return [why.stars.low, why.stars.high]


class WhatIfSerializer(serializers.Serializer):
    run = serializers.IntegerField()
    source = serializers.ChoiceField(choices=["personal", "popular"])
    items = RecommendationSerializer(many=True, help_text="The list you would get, best first.")
    coming = serializers.ListField(
        child=serializers.IntegerField(), help_text="Ids of the movies that would join your list."
    )
    going = serializers.ListField(
        child=serializers.IntegerField(), help_text="Ids of the movies that would leave your list."
    )


class Explains:
    """Actions of a viewset of movies that explain its predictions."""

    @extend_schema(responses=ReasonsSerializer, filters=False)
    @action(
        detail=True,
        permission_classes=[IsAuthenticated],
        pagination_class=None,
        query_serializer=ReasonsQuerySerializer,
    )
    def explanation(self, request: Request, pk: str) -> Response:
        """Why this movie is predicted the stars it is, for you."""
        why = explain.explain(request.user, get_object_or_404(Movie, pk=pk), **self.query())
        if why is None:
            raise NotFound(NOTHING_TO_SAY)
        return Response(ReasonsSerializer(why, context=self.get_serializer_context()).data)

    @extend_schema(responses=WhatIfSerializer, filters=False)
    @action(
        detail=True,
        url_path="what-if",
        permission_classes=[IsAuthenticated],
        pagination_class=None,
        query_serializer=WhatIfQuerySerializer,
    )
    def what_if(self, request: Request, pk: str) -> Response:
        """Your list as it would be if you gave this movie so many stars; nothing is saved."""
        query = self.query()
        movie = get_object_or_404(Movie, pk=pk)
        change = what_if(request.user, movie, **query, find=with_genres_and_directors)
        if change is None:
            raise NotFound(NOTHING_TO_SAY)
        after = change.after
        items = self.represent_recommendations(after)
        lists = {"coming": change.coming, "going": change.going}
        return Response({"run": after.run_id, "source": after.source, "items": items, **lists})
