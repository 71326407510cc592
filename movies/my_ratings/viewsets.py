"""API of the user's own ratings."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from rest_framework import mixins, viewsets
from rest_framework.permissions import IsAuthenticated

from movies.api.serializers import (
    RatingSerializer,
)
from movies.models import Rating
from movies.my_ratings.filters import RatingFilter
from movies.my_ratings.query import SURPRISE, SurprisesFirst
from recommender.serving.expected import expected


class RatingViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """Your ratings, newest first unless asked for in another order."""

    queryset = Rating.objects.none()
    serializer_class = RatingSerializer
    filterset_class = RatingFilter
    permission_classes = [IsAuthenticated]

    def get_queryset(self) -> QuerySet[Rating]:
        if not self.request.user.is_authenticated:  # the schema is generated without a user
            return Rating.objects.none()
        return Rating.objects.of(self.request.user)

    def filter_queryset(self, queryset: QuerySet[Rating]) -> QuerySet[Rating] | Sequence[Rating]:
        ratings = super().filter_queryset(queryset)
        if self.request.query_params.get("order") != SURPRISE:
            return ratings
        stars = expected(self.request.user)
        if stars is None:
            return ratings
        return SurprisesFirst(ratings, stars, lambda some: some.select_related("movie"))
