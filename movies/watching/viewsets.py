"""API of a member's country and services."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cfsite.lib.api.strict import StrictQuery
from movies.watching import choices
from movies.watching.serializers import ServicesSerializer, representation


class ServicesView(StrictQuery, APIView):
    """Where you watch."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=ServicesSerializer)
    def get(self, request: Request) -> Response:
        """Your country, your services, and what else can be chosen there."""
        return _answer(request)

    @extend_schema(request=ServicesSerializer, responses={200: ServicesSerializer, 404: None})
    def patch(self, request: Request) -> Response:
        """Change your country or your services; what is not sent stays."""
        sent = ServicesSerializer(data=request.data, partial=True)
        sent.is_valid(raise_exception=True)
        saved, wanted = choices.choice_of(request.user), sent.validated_data
        choices.choose(
            request.user,
            wanted.get("country", saved.country),
            wanted.get("services", saved.services),
        )
        return _answer(request)


def _answer(request: Request) -> Response:
    return Response(ServicesSerializer(representation(choices.choice_of(request.user))).data)
