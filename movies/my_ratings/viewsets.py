"""API of the user's own ratings."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from cfsite.lib.api.paging import Unseen
from cfsite.lib.api.strict import QuerySerializer, StrictQuery
from movies.api.representation import ShowsMovies
from movies.api.serializers import EarlierRatingSerializer, RatingSerializer
from movies.models import EarlierRating, Rating
from movies.my_ratings.filters import RatingFilter
from movies.my_ratings.query import SURPRISE, SurprisesFirst
from recommender.serving.expected import expected

# The cursor of this order names those shown.
MOST_SURPRISES = 500


class HistoryQuerySerializer(QuerySerializer):
    movie = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, help_text="Of this movie."
    )


class RatingViewSet(ShowsMovies, StrictQuery, mixins.ListModelMixin, viewsets.GenericViewSet):
    """Your ratings, newest first by default."""

    queryset = Rating.objects.none()
    serializer_class = RatingSerializer
    filterset_class = RatingFilter
    permission_classes = [IsAuthenticated]

    def get_queryset(self) -> QuerySet[Rating]:
        if not self.request.user.is_authenticated:  # the schema is generated without a user
            return Rating.objects.none()
        return Rating.objects.of(self.request.user)

    def list(self, request: Request) -> Response:
        """Your ratings, newest first by default."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.represent_rows(RatingSerializer, page))

    def filter_queryset(self, queryset: QuerySet[Rating]) -> QuerySet[Rating] | Unseen:
        ratings = super().filter_queryset(queryset)
        if self.request.query_params.get("order") != SURPRISE:
            return ratings
        stars = expected(self.request.user)
        if stars is None:
            return ratings
        first = SurprisesFirst(ratings, stars, lambda some: some)
        # Every rating moves what was to be expected of all others.
        return Unseen(first.ids, first.of_ids, MOST_SURPRISES)

    @extend_schema(responses=EarlierRatingSerializer(many=True), filters=False)
    @action(detail=False, filterset_class=None, query_serializer=HistoryQuerySerializer)
    def history(self, request: Request) -> Response:
        """Ratings you have since changed or removed, most recently replaced first."""
        earlier = EarlierRating.objects.of(request.user).newest_first()
        if movie := self.query().get("movie"):
            earlier = earlier.filter(movie=movie)
        page = self.paginate_queryset(earlier)
        return self.get_paginated_response(self.represent_rows(EarlierRatingSerializer, page))
