"""API of viewings. Others' viewings do not exist."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from cfsite.lib.strict import StrictQuery
from movies.api.representation import ShowsMovies
from movies.diary.filters import ViewingFilter
from movies.diary.query import tags_of
from movies.diary.serializers import (
    NewViewingSerializer,
    TagSerializer,
    ViewingChangeSerializer,
    ViewingSerializer,
)
from movies.models import Movie, Viewing

NO_SUCH_MOVIE = OpenApiResponse(OpenApiTypes.OBJECT, "No movie has this id.")


class ViewingViewSet(
    ShowsMovies,
    StrictQuery,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet,
):
    """Your diary: what you watched and when, with notes and tags."""

    queryset = Viewing.objects.none()
    serializer_class = ViewingSerializer
    filterset_class = ViewingFilter
    permission_classes = [IsAuthenticated]
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Viewing]:
        if not self.request.user.is_authenticated:  # the schema is generated without a user
            return Viewing.objects.none()
        return Viewing.objects.of(self.request.user).with_tags().latest_first()

    def _representation(self, pk: Any) -> dict[str, Any]:
        viewing = get_object_or_404(self.get_queryset(), pk=pk)
        return self.represent_rows(ViewingSerializer, [viewing])[0]

    def list(self, request: Request) -> Response:
        """Your viewings, latest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.represent_rows(ViewingSerializer, page))

    def retrieve(self, request: Request, pk: str) -> Response:
        """One of your viewings."""
        return Response(self._representation(pk))

    @extend_schema(
        request=NewViewingSerializer, responses={201: ViewingSerializer, 404: NO_SUCH_MOVIE}
    )
    def create(self, request: Request) -> Response:
        """Add a viewing."""
        wanted = NewViewingSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        fields = wanted.validated_data
        movie = get_object_or_404(Movie, pk=fields.pop("movie"))
        try:
            viewing = Viewing.objects.log(request.user, movie, **fields)
        except IntegrityError as error:  # the movie was deleted since it was read
            raise NotFound from error
        return Response(self._representation(viewing.pk), status=status.HTTP_201_CREATED)

    @extend_schema(request=ViewingChangeSerializer, responses=ViewingSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change one of your viewings."""
        viewing = get_object_or_404(self.get_queryset(), pk=pk)
        wanted = ViewingChangeSerializer(data=request.data, partial=True)
        wanted.is_valid(raise_exception=True)
        fields = wanted.validated_data
        tags = fields.pop("tags", viewing.tag_names)
        for name, value in fields.items():
            setattr(viewing, name, value)
        viewing.edit(tags)
        return Response(self._representation(viewing.pk))

    @extend_schema(responses=TagSerializer(many=True), filters=False)
    @action(detail=False, pagination_class=None, filterset_class=None)
    def tags(self, request: Request) -> Response:
        """Your tags by name."""
        return Response(TagSerializer(tags_of(request.user), many=True).data)
