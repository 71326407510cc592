"""Pagination, throttling and request parsing of the API."""

from collections.abc import Sequence
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.core.cache import caches
from django.utils.connection import ConnectionProxy
from django.utils.translation import gettext as _
from rest_framework import pagination, serializers, status, throttling
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request


class PageNumberPagination(pagination.PageNumberPagination):
    page_size = 24
    page_size_query_param = "page_size"
    max_page_size = 100


limits = ConnectionProxy(caches, "limits")


class AnonymousThrottle(throttling.AnonRateThrottle):
    cache = limits


class MemberThrottle(throttling.UserRateThrottle):
    cache = limits


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The request is too large."
    default_code = "too_large"


class BoundedJSONParser(BaseParser):
    """Parses JSON up to DATA_UPLOAD_MAX_MEMORY_SIZE.

    A longer body, or one that nests too deeply for Python's parser, is answered with an error in
    JSON. Django's own check of the size would answer with an HTML page; therefore this class does
    not inherit from JSONParser, which gets a body that Django has read.
    """

    media_type = JSONParser.media_type

    def parse(self, stream: IO[bytes], *args: Any, **kwargs: Any) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge
        try:
            return JSONParser().parse(BytesIO(body), *args, **kwargs)
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply.")) from error


class WholeListSerializer(serializers.Serializer):
    """A list in one answer, in the form of one that is paged. Subclasses have `results`."""

    next = serializers.URLField(allow_null=True, read_only=True, help_text="Always null.")
    previous = serializers.URLField(allow_null=True, read_only=True, help_text="Always null.")


def whole_list(results: Sequence[Any], **more: Any) -> dict[str, Any]:
    """What `WholeListSerializer` describes."""
    return {**more, "results": results, "next": None, "previous": None}


def validated(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """The validated query parameters."""
    query = serializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    return query.validated_data
