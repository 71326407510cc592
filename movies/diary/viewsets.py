"""API of viewings. Others' viewings do not exist."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from cfsite.lib.api.strict import StrictQuery
from movies.api.representation import ShowsMovies
from movies.diary.filters import ViewingFilter
from movies.diary.query import tags_of
from movies.diary.serializers import (
    NewViewingSerializer,
    TagSerializer,
    ViewingChangeSerializer,
    ViewingSerializer,
)
from movies.models import MemberChange, Movie, Viewing
from movies.sync.answers import stale_answer
from movies.sync.idempotency import Idempotent
from movies.sync.times import DeletesInTime
from movies.sync.writes import changing, is_stale_viewing, note_times

NO_SUCH_MOVIE = OpenApiResponse(OpenApiTypes.OBJECT, "No movie has this id.")


class ViewingViewSet(
    Idempotent,
    DeletesInTime,
    ShowsMovies,
    StrictQuery,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
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
        at = fields.pop("at", None)
        try:
            viewing = Viewing.objects.log(request.user, movie, at=at, **fields)
        except IntegrityError as error:  # the movie was deleted since it was read
            raise NotFound from error
        return Response(self._representation(viewing.pk), status=status.HTTP_201_CREATED)

    @extend_schema(request=ViewingChangeSerializer, responses=ViewingSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change one of your viewings."""
        wanted = ViewingChangeSerializer(data=request.data, partial=True)
        wanted.is_valid(raise_exception=True)
        fields = wanted.validated_data
        at = fields.pop("at", None) or timezone.now()
        with changing(request.user):
            viewing = get_object_or_404(self.get_queryset(), pk=pk)
            if is_stale_viewing(request.user, viewing, at):
                return stale_answer(self._representation(pk))
            tags = fields.pop("tags", viewing.tag_names)
            for name, value in fields.items():
                setattr(viewing, name, value)
            viewing.edit(tags)
            note_times(request.user, MemberChange.Kind.VIEWING, {viewing.pk: at})
        return Response(self._representation(viewing.pk))

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Delete one of your viewings; safe to repeat."""
        at = self.deleted_at()
        with changing(request.user):
            viewing = self.get_queryset().filter(pk=pk).first()
            if viewing is None:
                was_mine = MemberChange.objects.of(request.user).filter(
                    kind=MemberChange.Kind.VIEWING, key=pk
                )
                if not was_mine.exists():
                    raise NotFound
            elif is_stale_viewing(request.user, viewing, at):
                return stale_answer(self._representation(pk))
            else:
                viewing.delete()
                note_times(request.user, MemberChange.Kind.VIEWING, {int(pk): at})
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=TagSerializer(many=True), filters=False)
    @action(detail=False, pagination_class=None, filterset_class=None)
    def tags(self, request: Request) -> Response:
        """Your tags by name."""
        return Response(TagSerializer(tags_of(request.user), many=True).data)
