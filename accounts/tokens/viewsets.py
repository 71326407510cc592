"""Access tokens in the API. They are made on a page, where one can confirm who one is."""

from __future__ import annotations

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import InPerson
from accounts.models import AccessToken
from cfsite.lib.api.strict import StrictQuery


class AccessTokenSerializer(serializers.ModelSerializer):
    """A personal access token, without its secret."""

    scopes = serializers.ListField(
        child=serializers.ChoiceField(AccessToken.Scope.values), read_only=True
    )
    last_used_on = serializers.DateField(
        read_only=True, allow_null=True, help_text="The day (UTC); null if never."
    )
    expires_at = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="null: never."
    )

    class Meta:
        model = AccessToken
        fields = ["id", "name", "scopes", "created_at", "expires_at", "last_used_on"]
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(summary="Your access tokens, newest first", operation_id="me_tokens_list"),
)
class AccessTokenViewSet(StrictQuery, mixins.ListModelMixin, viewsets.GenericViewSet):
    """Personal access tokens. An access token itself may not ask for them."""

    permission_classes = [InPerson]
    serializer_class = AccessTokenSerializer
    queryset = AccessToken.objects.none()

    def get_queryset(self):  # type: ignore[no-untyped-def]
        return AccessToken.objects.of(self.request.user)

    @extend_schema(summary="Revoke a token", operation_id="me_tokens_revoke", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """It stops working at once. Revoking one that is gone already is no error."""
        token = AccessToken.objects.filter(pk=pk).first()
        if token is not None and token.user_id != request.user.pk:
            raise Http404
        if token is not None:
            token.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
