"""API views of the user's own account."""

from collections.abc import Sequence
from typing import Any

from allauth.core import ratelimit
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import PermissionDenied, Throttled
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import prepared_export
from accounts.account_deletion import LastOperator, erase
from accounts.api.permissions import InPerson
from accounts.api.serializers import (
    EraseSerializer,
    ExportStateSerializer,
    MeSerializer,
    ProfileSerializer,
)
from accounts.data_export import export
from accounts.forms import EraseForm
from accounts.models import DataExport, Profile, User, profile_of
from accounts.views import zip_response
from cfsite.lib.api.strict import StrictQuery


class MeView(StrictQuery, generics.RetrieveUpdateAPIView):
    """Your account and preferences."""

    http_method_names = ["get", "patch", "head", "options"]
    serializer_class = MeSerializer
    permission_classes = [IsAuthenticated]

    def get_object(self) -> User:
        return self.request.user


class ProfileView(StrictQuery, generics.RetrieveUpdateAPIView):
    """Your profile and who can see it. It is private until you change that."""

    http_method_names = ["get", "patch", "head", "options"]
    serializer_class = ProfileSerializer
    permission_classes = [IsAuthenticated]

    def get_object(self) -> Profile:
        return profile_of(self.request.user)


class IgnoreAcceptHeader(BaseContentNegotiation):
    """Answers in the one format there is, whatever the client accepts."""

    def select_parser(self, request: Request, parsers: Sequence[Any]) -> Any:
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: Sequence[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


class MyDataView(StrictQuery, APIView):
    """Everything the site keeps about you."""

    permission_classes = [InPerson]
    content_negotiation_class = IgnoreAcceptHeader

    @extend_schema(
        responses={(200, "application/zip"): OpenApiTypes.BINARY, 202: ExportStateSerializer}
    )
    def get(self, request: Request) -> HttpResponseBase:
        """A zip with tables (CSV) and everything in one file (JSON).

        If there is too much to send right away, request it with a POST. Until it is ready, the
        response is 202 with its state.
        """
        if not prepared_export.is_large(request.user):
            return zip_response(request.user, export(request.user))
        prepared = prepared_export.prepared_for(request.user)
        if prepared is not None and prepared.ready_at:
            return zip_response(request.user, prepared_export.content_of(prepared))
        return _state_of(prepared)

    @extend_schema(request=None, responses={202: ExportStateSerializer})
    def post(self, request: Request) -> Response:
        """Request a large export from the worker. A finished one is replaced."""
        return _state_of(prepared_export.ask_for(request.user))


def _state_of(prepared: DataExport | None) -> Response:
    state = ExportStateSerializer({"state": prepared.state if prepared else "not_asked"})
    return Response(state.data, status=status.HTTP_202_ACCEPTED, headers={"Retry-After": "60"})


class EraseView(StrictQuery, APIView):
    """Deletion of your account."""

    permission_classes = [InPerson]

    @extend_schema(request=EraseSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Erase your account and everything in it. This can't be undone."""
        if not ratelimit.consume(request._request, action="reauthenticate", user=request.user):
            raise Throttled
        sent = EraseSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        if not request.user.check_password(sent.validated_data["password"]):
            raise PermissionDenied(EraseForm.wrong_password, code="wrong_password")
        try:
            erase(request.user)
        except LastOperator:
            raise PermissionDenied(EraseForm.last_operator, code="last_operator") from None
        return Response(status=status.HTTP_204_NO_CONTENT)
