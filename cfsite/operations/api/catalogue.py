"""The catalogue, for operators: single movies, merges, and many rows at once."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cfsite.lib.api.problems import Conflict
from cfsite.lib.api.strict import QuerySerializer, StrictQuery
from cfsite.operations.api.permissions import StaffWithRights, log
from cfsite.operations.api.serializers import (
    CatalogueMovieSerializer,
    MergeSerializer,
    UpsertedSerializer,
    UpsertSerializer,
)
from movies.catalogue_care.merging import MergeError, merge
from movies.facts.admin import note_typed_fields
from movies.imports.catalogue_file.changes import plan_changes, write_changes
from movies.imports.catalogue_file.reader import read_catalogue_file
from movies.models import Movie

CONFLICT = {409: None}
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` of the movie as you read it: 412 if it has changed since.",
)
# Rows of a list of objects are numbered as lines of a file: the first is 2.
FIRST_LINE = 2


class ChangedMeanwhile(APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__(_("The movie has changed since you read it."))


class DeletionQuerySerializer(QuerySerializer):
    confirm = serializers.IntegerField(
        required=False, min_value=0, help_text="The number of ratings that go with the movie."
    )


@extend_schema(tags=["Operators"])
class CatalogueViewSet(
    StrictQuery, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet
):
    """Movies as the catalogue holds them, retired ones too."""

    serializer_class = CatalogueMovieSerializer
    permission_classes = [StaffWithRights]
    filter_backends: list = []
    lookup_value_regex = "[0-9]{1,18}"
    reads_with = "movies.view_movie"

    @property
    def writes_with(self) -> str:
        rights = {"create": "add", "destroy": "delete", "merge": "delete"}
        return f"movies.{rights.get(self.action, 'change')}_movie"

    def get_queryset(self) -> QuerySet[Movie]:
        return Movie.everything.filter(merged_into=None).prefetch_related("genres").order_by("pk")

    def get_query_serializer_class(self) -> type[serializers.Serializer] | None:
        if self.action == "destroy":
            return DeletionQuerySerializer
        return super().get_query_serializer_class()

    def retrieve(self, request: Request, pk: str) -> Response:
        """One movie, with the `ETag` that `If-Match` takes."""
        return self._answer(self.get_object())

    @extend_schema(responses={201: CatalogueMovieSerializer})
    def create(self, request: Request) -> Response:
        """Add a movie. What is typed here, no source of facts overwrites."""
        wanted = self.get_serializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        with transaction.atomic():
            movie = wanted.save()
            note_typed_fields(
                movie, [name for name, value in wanted.validated_data.items() if value]
            )
            movie.save(update_fields=["fact_sources"])
            log(request, movie, ADDITION, "Added through the API.")
        return self._answer(movie, status.HTTP_201_CREATED)

    @extend_schema(parameters=[IF_MATCH], responses={200: CatalogueMovieSerializer, 412: None})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a movie. What is typed here, no source of facts overwrites."""
        with transaction.atomic():
            movie = get_object_or_404(
                Movie.everything.filter(merged_into=None).select_for_update(), pk=pk
            )
            match = request.headers.get("If-Match")
            if match and not _matches(match, self.get_serializer(movie).data):
                raise ChangedMeanwhile
            wanted = self.get_serializer(movie, data=request.data, partial=True)
            wanted.is_valid(raise_exception=True)
            note_typed_fields(movie, list(wanted.validated_data))
            movie = wanted.save()
            names = ", ".join(wanted.validated_data)
            log(request, movie, CHANGE, f"Changed through the API: {names}.")
        return self._answer(movie)

    @extend_schema(parameters=[DeletionQuerySerializer], responses={204: None, 409: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Delete a movie with its ratings, whose number `confirm` must name; better: retire it."""
        sent = DeletionQuerySerializer(data=request.query_params)
        sent.is_valid(raise_exception=True)
        with transaction.atomic():
            movie = self.get_queryset().select_for_update().filter(pk=pk).first()
            if movie is not None:
                n = movie.ratings.count()
                if n != sent.validated_data.get("confirm", 0):
                    text = _("%(n)d ratings would go with it; name their number in `confirm`.")
                    raise Conflict(text % {"n": n}, code="ratings_would_go")
                log(request, movie, DELETION, f"Deleted through the API, with {n} ratings.")
                movie.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses=CatalogueMovieSerializer)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: str) -> Response:
        """Take it out of lists, search and recommendations; whoever rated it still sees that."""
        movie = self.get_object()
        if Movie.everything.filter(pk=movie.pk).retire():
            log(request, movie, CHANGE, "Retired through the API.")
        return self._answer(self.get_object())

    @extend_schema(request=None, responses=CatalogueMovieSerializer)
    @action(detail=True, methods=["post"], url_path="bring-back")
    def bring_back(self, request: Request, pk: str) -> Response:
        """Undo `retire`."""
        movie = self.get_object()
        if Movie.everything.filter(pk=movie.pk).bring_back():
            log(request, movie, CHANGE, "Brought back through the API.")
        return self._answer(self.get_object())

    @extend_schema(request=MergeSerializer, responses={200: CatalogueMovieSerializer, **CONFLICT})
    @action(detail=False, methods=["post"])
    def merge(self, request: Request) -> Response:
        """Merge a duplicate into another movie; the admin can undo that for a day."""
        wanted = MergeSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        ids = wanted.validated_data
        for pk in ids.values():
            get_object_or_404(self.get_queryset(), pk=pk)
        try:
            merge(ids["survivor"], ids["merged"])
        except MergeError as error:
            raise Conflict(str(error), code="not_mergeable") from error
        survivor = get_object_or_404(self.get_queryset(), pk=ids["survivor"])
        log(request, survivor, CHANGE, f"Movie {ids['merged']} merged into it through the API.")
        return self._answer(survivor)

    def _answer(self, movie: Movie, code: int = status.HTTP_200_OK) -> Response:
        data = self.get_serializer(movie).data
        return Response(data, status=code, headers={"ETag": _etag(data)})


class CatalogueBulkView(StrictQuery, APIView):
    """Many movies of the catalogue at once."""

    permission_classes = [StaffWithRights]
    reads_with = "movies.view_movie"
    writes_with = ("movies.add_movie", "movies.change_movie")

    @extend_schema(tags=["Operators"], request=UpsertSerializer, responses=UpsertedSerializer)
    def put(self, request: Request) -> Response:
        """Add or change up to 500 movies, all or none, by the rules of the import of a file."""
        wanted = UpsertSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        rows, asked = request.data["movies"], wanted.validated_data
        found = read_catalogue_file(
            "movies.json", json.dumps(rows).encode(), most_rejects=len(rows)
        )
        created: list[Movie] = []
        with transaction.atomic():
            plan = plan_changes(found, overwrite=asked["overwrite"])
            writes = plan.is_possible and not asked["dry_run"]
            if writes:
                created = write_changes(plan)
                for movie in created:
                    log(request, movie, ADDITION, "Added in bulk through the API.")
                for one in plan.changed:
                    log(request, one.movie, CHANGE, "Changed in bulk through the API.")
        new = {line.line: None for line in plan.new}
        new |= {line.line: movie.pk for line, movie in zip(plan.new, created, strict=False)}
        changed = {one.line: one.movie.pk for one in plan.changed}
        rejects = {reject.line: reject.reason for reject in found.rejects}
        results = [
            _row(place, rejects.get(place + FIRST_LINE), new, changed) for place in range(len(rows))
        ]
        return Response({"written": writes, "results": results})


def _row(
    place: int, problem: str | None, new: dict[int, int | None], changed: dict[int, int]
) -> dict[str, Any]:
    line = place + FIRST_LINE
    if problem:
        result = "rejected"
    elif line in new:
        result = "new"
    else:
        result = "changed" if line in changed else "unchanged"
    movie = None if problem else new.get(line, changed.get(line))
    return {"row": place, "result": result, "movie": movie, "detail": problem}


def _matches(match: str, data: Any) -> bool:
    """Whether the header has the tag of the data; compression makes a tag a weak one."""
    tags = [tag.strip().removeprefix("W/") for tag in match.split(",")]
    return "*" in tags or _etag(data) in tags


def _etag(data: Any) -> str:
    """Of what operators write; ratings come and go meanwhile."""
    written = {name: value for name, value in data.items() if name != "n_ratings"}
    text = json.dumps(written, sort_keys=True, default=str)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
