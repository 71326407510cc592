"""The one schema of the API, made once in a process and language."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

from django.http import HttpResponseBase
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cfsite.lib.api.strict import QuerySerializer, StrictQuery

AN_HOUR = 3600
_making = Lock()


@dataclass(frozen=True)
class Document:
    content: bytes
    gzipped: bytes  # once, since it takes longer than all the rest of an answer
    etag: str


def document(language: str) -> Document:
    with _making:  # two threads that start together make it once
        return _made(language)


@cache
def _made(language: str) -> Document:
    with translation.override(language):
        schema = SchemaGenerator().get_schema(request=None, public=True)
        content = json.dumps(schema, ensure_ascii=False, default=str).encode()
    etag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    return Document(content, gzip.compress(content, mtime=0), etag)


class Ready(BaseRenderer):
    """Hands out what is JSON already."""

    media_type = "application/vnd.oai.openapi+json"
    format = "json"
    charset = None

    def render(self, data: bytes, *args: Any, **kwargs: Any) -> bytes:
        return data


class JSON(Ready):
    media_type = "application/json"


class FormatSerializer(QuerySerializer):
    format = serializers.ChoiceField(["json"], required=False)


class SchemaView(StrictQuery, APIView):
    """The schema, as JSON. It is the same for everybody and counts against no limit."""

    permission_classes = [AllowAny]
    authentication_classes = []
    throttle_classes = []
    renderer_classes = [Ready, JSON]
    query_serializer = FormatSerializer

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponseBase:
        made = document(translation.get_language())
        is_gzipped = "gzip" in request.headers.get("Accept-Encoding", "")
        answer = Response(made.gzipped if is_gzipped else made.content)
        answer.headers["ETag"] = made.etag
        if is_gzipped:
            answer.headers["Content-Encoding"] = "gzip"
        patch_cache_control(answer, public=True, max_age=AN_HOUR)
        patch_vary_headers(answer, ["Accept", "Accept-Encoding", "Accept-Language"])
        return get_conditional_response(request._request, made.etag, response=answer) or answer
