"""The API of personal imports: upload, look, start, cancel, undo."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from cfsite.lib.api.problems import Conflict
from cfsite.lib.api.rest import BoundedJSONParser
from cfsite.lib.api.strict import QuerySerializer, StrictQuery, StrictSerializer
from movies.api.movie_object import MovieSerializer
from movies.api.representation import ShowsMovies
from movies.models import ImportedRow, PersonalImport
from movies.my_imports import choosing, lifecycle, reading
from movies.my_imports.lifecycle import NotPossible
from movies.my_imports.parsing.entries import Refused
from movies.my_imports.parsing.scales import SCALES
from movies.my_imports.sources import ANY_CSV, SOURCES, any_csv

State, Match = PersonalImport.State, ImportedRow.Match


class StartSerializer(StrictSerializer):
    """How to import."""

    policy = serializers.ChoiceField(
        PersonalImport.Policy.choices,
        default=PersonalImport.Policy.NEWER,
        help_text="Which rating to keep if you have rated a movie differently.",
    )
    takes_title_matches = serializers.BooleanField(
        default=False, help_text="Also import movies found by title alone, without a year."
    )
    adds_movies = serializers.BooleanField(
        default=False,
        help_text="Add movies missing from the catalogue, if the site allows it.",
    )

    def validate_adds_movies(self, value: bool) -> bool:
        if value and not settings.IMPORT_ADDS_MOVIES:
            raise serializers.ValidationError(_("Members can’t add movies on this site."))
        return value


class UploadSerializer(StartSerializer):
    file = serializers.FileField(help_text="An export as downloaded, or a CSV table.")
    source = serializers.CharField(
        required=False,
        help_text=f"Found out from the file if left out: {', '.join([*SOURCES, ANY_CSV])}.",
    )
    scale = serializers.ChoiceField(
        list(SCALES), required=False, help_text="The highest rating of a table: 5, 7, 10 or 100."
    )
    columns = serializers.CharField(
        required=False,
        max_length=2000,
        help_text='Which column of a table means what, as JSON: `{"title": "film"}`. Meanings: '
        + ", ".join(any_csv.MEANINGS),
    )
    start = serializers.BooleanField(
        default=True, help_text="`false`: read it and wait for `start/`."
    )

    def validate_source(self, value: str) -> str:
        if value not in (*SOURCES, ANY_CSV):
            raise serializers.ValidationError(_("Unknown source."))
        return value

    def validate_columns(self, value: str) -> dict[str, str]:
        try:
            columns = json.loads(value)
        except (ValueError, RecursionError):
            columns = None
        is_map = isinstance(columns, dict) and all(isinstance(one, str) for one in columns.values())
        if not is_map or not columns.keys() <= any_csv.MEANINGS.keys():
            raise serializers.ValidationError(
                _("Send a JSON object whose keys are known meanings.")
            )
        return {key: any_csv.column_of(name) for key, name in columns.items()}


class ImportSerializer(serializers.ModelSerializer):
    matches = serializers.SerializerMethodField(
        help_text="Rows by match: `found`, `near`, `title`, `chosen`, `added`, `ambiguous`, "
        "`missing`."
    )
    counts = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="Lines left out, and at the end rows by kind and outcome (`rating added`).",
    )
    problems = serializers.ListField(help_text="The first unreadable lines: file, line, reason.")
    columns = serializers.SerializerMethodField(
        help_text="While `asking`: the names of the table's columns."
    )
    percent = serializers.SerializerMethodField()

    class Meta:
        model = PersonalImport
        fields = [
            *("id", "source", "state", "is_undo", "policy", "takes_title_matches", "adds_movies"),
            *("scale", "columns", "percent", "done", "total", "matches", "counts", "problems"),
            *("created_at", "started_at", "finished_at"),
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
    def get_matches(self, personal_import: PersonalImport) -> dict[str, int]:
        return choosing.n_by_match(personal_import) if "one" in self.context else {}

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_columns(self, personal_import: PersonalImport) -> list[str]:
        is_asking = "one" in self.context and personal_import.state == State.ASKING
        return personal_import.table["names"] if is_asking else []

    def get_percent(self, personal_import: PersonalImport) -> int:
        if personal_import.state in (State.WAITING, State.RUNNING):
            return lifecycle.progress(personal_import).percent
        return 100 if personal_import.finished_at else 0


class RowSerializer(serializers.ModelSerializer):
    stars = serializers.SerializerMethodField()
    movie = MovieSerializer(source="movie_id", allow_null=True)
    candidates = serializers.SerializerMethodField(help_text="The movies that fit.")

    class Meta:
        model = ImportedRow
        fields = [
            *("id", "file", "line", "kind", "title", "year", "imdb_id", "tmdb_id", "stars", "at"),
            *("list_name", "movie", "match", "candidates", "outcome"),
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "number", "nullable": True})
    def get_stars(self, row: ImportedRow) -> float | None:
        return row.half_stars / 2 if row.half_stars else None

    @extend_schema_field(MovieSerializer(many=True))
    def get_candidates(self, row: ImportedRow) -> list[dict[str, Any]]:
        movies = self.context["movies"]
        return [movies[pk] for pk in candidates_of(row) if pk in movies]


def candidates_of(row: ImportedRow) -> list[int]:
    """Ids of the movies that fit."""
    return row.details.get("candidates", [])


class RowsQuerySerializer(QuerySerializer):
    match = serializers.ChoiceField(Match.choices, required=False)
    outcome = serializers.ChoiceField(ImportedRow.Outcome.choices, required=False)


class ChooseSerializer(StrictSerializer):
    row = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    movie = serializers.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        allow_null=True,
        help_text="null for none of the candidates",
    )


class ImportViewSet(
    ShowsMovies,
    StrictQuery,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet,
):
    """Your imports from other sites, newest first."""

    queryset = PersonalImport.objects.none()
    serializer_class = ImportSerializer
    permission_classes = [IsAuthenticated]
    filter_backends: list[Any] = []
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[PersonalImport]:
        if not self.request.user.is_authenticated:  # the schema is generated without a user
            return PersonalImport.objects.none()
        return PersonalImport.objects.of(self.request.user).shown().order_by("-pk")

    def get_parsers(self) -> list[Any]:
        is_upload = self.request is not None and self.action_map.get("post") == "create"
        return [MultiPartParser()] if is_upload else [BoundedJSONParser()]

    def _answer(self, personal_import: PersonalImport, code: int = 200) -> Response:
        personal_import.refresh_from_db()
        context = {**self.get_serializer_context(), "one": True}
        answer = Response(ImportSerializer(personal_import, context=context).data, code)
        if code == status.HTTP_202_ACCEPTED:
            address = {"pk": personal_import.pk}
            answer["Location"] = reverse("api-import-detail", kwargs=address, request=self.request)
        return answer

    @extend_schema(
        request={"multipart/form-data": UploadSerializer}, responses={202: ImportSerializer}
    )
    def create(self, request: Request) -> Response:
        """Upload an export and import it."""
        form = UploadSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = dict(form.validated_data)
        file, starts = asked.pop("file"), asked.pop("start")
        options = reading.Options(
            asked.pop("source", ""), asked.pop("scale", ""), asked.pop("columns", None)
        )
        try:
            made = reading.receive(request.user, file, file.name, options)
        except Refused as refused:
            raise ValidationError({"file": [str(refused)]}) from refused
        if starts and made.state == State.READY:
            lifecycle.start(made, **asked)
        return self._answer(made, status.HTTP_202_ACCEPTED)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The state of an import, with its progress while it runs."""
        return self._answer(self.get_object())

    @extend_schema(request=StartSerializer, responses={202: ImportSerializer, 409: None})
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """Start an import after its preview, or continue one that was cancelled."""
        own = self.get_object()
        form = StartSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return self._try(own, lambda: lifecycle.start(own, **form.validated_data))

    @extend_schema(request=None, responses={202: ImportSerializer, 409: None})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop; everything imported so far stays, and can be undone."""
        own = self.get_object()
        return self._try(own, lambda: lifecycle.cancel(own))

    @extend_schema(request=None, responses={202: ImportSerializer, 409: None})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Undo the whole import, except for what you have changed since."""
        own = self.get_object()
        return self._try(own, lambda: lifecycle.start_undo(own))

    def _try(self, own: PersonalImport, do: Any) -> Response:
        try:
            do()
        except NotPossible as error:
            raise Conflict(str(error)) from error
        return self._answer(own, status.HTTP_202_ACCEPTED)

    @extend_schema(responses={200: RowSerializer(many=True)})
    @action(detail=True, query_serializer=RowsQuerySerializer)
    def rows(self, request: Request, pk: str) -> Response:
        """Rows of an import, filtered by `match` and `outcome`."""
        rows = ImportedRow.objects.filter(personal_import=self.get_object()).order_by("pk")
        rows = rows.filter(**self.query())
        page = self.paginate_queryset(rows)
        ids = [pk for row in page for pk in (row.movie_id, *candidates_of(row)) if pk]
        rows = RowSerializer(page, many=True, context=self.with_movies(ids)).data
        return self.get_paginated_response(rows)

    @extend_schema(request=ChooseSerializer, responses={200: ImportSerializer, 409: None})
    @action(detail=True, methods=["post"])
    def choose(self, request: Request, pk: str) -> Response:
        """Choose the movie of an `ambiguous` row from its candidates."""
        own = self.get_object()
        form = ChooseSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        if own.state != State.READY:
            raise Conflict(_("The import has been started."))
        asked = form.validated_data
        if not choosing.decide(own, {asked["row"]: asked["movie"]}):
            raise ValidationError({"movie": ["It is no candidate of this row."]})
        return self._answer(own)
