"""API views of the user's own account."""

from collections.abc import Sequence
from typing import Any

from allauth.core import ratelimit
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import PermissionDenied, Throttled
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.account_deletion import LastOperator, erase
from accounts.api.serializers import EraseSerializer, MeSerializer, ProfileSerializer
from accounts.forms import EraseForm
from accounts.models import Profile, User, profile_of
from accounts.views import export_response


class MeView(generics.RetrieveUpdateAPIView):
    """Who you are here, and how you want your lists."""

    http_method_names = ["get", "patch", "head", "options"]
    serializer_class = MeSerializer
    permission_classes = [IsAuthenticated]

    def get_object(self) -> User:
        return self.request.user


class ProfileView(generics.RetrieveUpdateAPIView):
    """What you show of yourself, and to whom. Private until you say otherwise."""

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


class MyDataView(APIView):
    """Everything the site keeps about you."""

    permission_classes = [IsAuthenticated]
    content_negotiation_class = IgnoreAcceptHeader

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request) -> StreamingHttpResponse:
        """A zip with tables (CSV) and everything in one file (JSON)."""
        return export_response(request.user)


class EraseView(APIView):
    """The way out."""

    permission_classes = [IsAuthenticated]

    @extend_schema(request=EraseSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Erase your account with everything you put in. It cannot be undone."""
        if not ratelimit.consume(request._request, action="reauthenticate", user=request.user):
            raise Throttled
        sent = EraseSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        if not request.user.check_password(sent.validated_data["password"]):
            raise PermissionDenied(EraseForm.wrong_password)
        try:
            erase(request.user)
        except LastOperator:
            raise PermissionDenied(EraseForm.last_operator) from None
        return Response(status=status.HTTP_204_NO_CONTENT)
