"""API of what changed."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from cfsite.lib.api.strict import StrictQuery
from movies.api.representation import ShowsMovies
from movies.changes.query import Cursor, changes_since
from movies.changes.serializers import (
    ChangeSerializer,
    ChangesQuerySerializer,
    ChangesSerializer,
)


class ChangesView(ShowsMovies, StrictQuery, APIView):
    """Your ratings, marks, lists and viewings, and what changed of them."""

    permission_classes = [IsAuthenticated]
    query_serializer = ChangesQuerySerializer

    @extend_schema(responses=ChangesSerializer)
    def get(self, request: Request) -> Response:
        """Everything the first time, then what changed since `cursor`, deletions too.

        Apply each result, keep `cursor`, follow `next` while there is one. A result may come
        twice. A cursor from which nothing was read for 180 days may have expired (410): start
        anew without `since`, and drop what you have of these.
        """
        asked = self.query()
        since = asked.get("since")
        cursor = Cursor.read(since, request.user) if since else None
        found = changes_since(request.user, cursor, asked["page_size"])
        text = found.cursor.text(request.user)
        rest = None
        if found.has_more:
            rest = replace_query_param(request.build_absolute_uri(), "since", text)
        context = self.with_movies(one.row.movie_id for one in found.changes if one.has_movie)
        results = ChangeSerializer(found.changes, many=True, context=context).data
        return Response({"results": results, "next": rest, "previous": None, "cursor": text})
