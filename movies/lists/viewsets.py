"""API of lists. For users who may not see a list, it does not exist."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from cfsite.lib.api.paging import Unseen
from cfsite.lib.api.strict import StrictQuery
from cfsite.lib.web.caching import PublicForVisitors
from movies.api.representation import ShowsMovies
from movies.lists import entries, lifecycle
from movies.lists.access import get_visible_list
from movies.lists.presentation import movies_of
from movies.lists.serializers import (
    EntryChangeSerializer,
    EntrySerializer,
    KeyQuerySerializer,
    ListChangeSerializer,
    ListedMovieSerializer,
    ListSerializer,
    SortSerializer,
    with_list_fields,
)
from movies.models import Movie, MovieList
from recommender.serving.expected import predicted

MOVIE = OpenApiParameter("movie", {"type": "integer", "minimum": 1}, OpenApiParameter.PATH)
LINK_KEY = OpenApiParameter(
    "key", {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,40}$"}, OpenApiParameter.PATH
)


class ListViewSet(
    ShowsMovies, PublicForVisitors, StrictQuery, mixins.ListModelMixin, viewsets.GenericViewSet
):
    """Lists of movies: your own, and public ones of other members."""

    queryset = MovieList.objects.none()
    serializer_class = ListSerializer
    permission_classes = [IsAuthenticated]
    visitors_max_age = 0  # a list may become private
    filter_backends: list = []
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[MovieList]:
        if not self.request.user.is_authenticated:  # the schema is generated without a user
            return MovieList.objects.none()
        own = MovieList.objects.of(self.request.user).with_owner()
        return own.with_counts().newest_first()

    def get_permissions(self) -> list[Any]:
        """Anybody may read a list that is not private."""
        if self.action in ("retrieve", "movies"):
            return [AllowAny()]
        return super().get_permissions()

    def get_query_serializer_class(self) -> type[Serializer] | None:
        return KeyQuerySerializer if self.action in ("retrieve", "movies", "copy") else None

    def list(self, request: Request) -> Response:
        """Your lists, most recently changed first."""
        return super().list(request)

    @extend_schema(responses=ListSerializer(many=True))
    @action(detail=False, permission_classes=[AllowAny], visitors_max_age=60)
    def public(self, request: Request) -> Response:
        """Public lists that have movies, most recently changed first."""
        lists = MovieList.objects.public().with_movies().with_owner().with_counts()
        page = self.paginate_queryset(lists.newest_first())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(parameters=[LINK_KEY], responses=ListSerializer)
    @action(
        detail=False,
        permission_classes=[AllowAny],
        pagination_class=None,
        url_path="shared/(?P<key>[A-Za-z0-9_-]{1,40})",
    )
    def shared(self, request: Request, key: str) -> Response:
        """A list shared by link."""
        movie_list = get_object_or_404(MovieList.objects.shared_by_link(), key=key)
        return Response(self._list(movie_list.pk))

    @extend_schema(request=ListChangeSerializer, responses={201: ListSerializer})
    def create(self, request: Request) -> Response:
        """Create a list. It is private unless you say otherwise."""
        wanted = ListChangeSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        made = self._or_error(lifecycle.create, request.user, **wanted.validated_data)
        return Response(self._list(made.pk), status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One list: yours, a public one, or one whose link you know."""
        return Response(self._list(self._visible(request, pk).pk))

    @extend_schema(request=ListChangeSerializer, responses=ListSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change one of your lists: its name, description, and who can see it."""
        movie_list = self._own(pk)
        wanted = ListChangeSerializer(data=request.data, partial=True)
        wanted.is_valid(raise_exception=True)
        self._or_error(lifecycle.change, movie_list, **wanted.validated_data)
        return Response(self._list(movie_list.pk))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Delete one of your lists. This can't be undone."""
        lifecycle.delete(self._own(pk))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=ListedMovieSerializer(many=True))
    @action(detail=True)
    def movies(self, request: Request, pk: str) -> Response:
        """The movies on a list in order, with your stars."""
        movies = movies_of(self._visible(request, pk), request.user)
        movies = movies.defer(None).for_api()
        ids = list(movies.values_list("pk", flat=True))
        pages = Unseen(ids, lambda some: movies.filter(pk__in=some), entries.MAX_MOVIES)
        rows = self.paginate_queryset(pages)
        places = {movie_id: place for place, movie_id in enumerate(ids, 1)}
        return self.get_paginated_response(with_list_fields(self.represent(rows), rows, places))

    @extend_schema(
        parameters=[MOVIE],
        request=EntryChangeSerializer,
        responses={200: EntrySerializer, 201: EntrySerializer},
    )
    @action(detail=True, methods=["put"], url_path="movies/(?P<movie>[0-9]{1,18})")
    def movie(self, request: Request, pk: str, movie: str) -> Response:
        """Add a movie to one of your lists, or change its place or note; safe to repeat."""
        movie_list = self._own(pk)
        found = get_object_or_404(Movie.objects.only("title", "year"), pk=movie)
        wanted = EntryChangeSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        entry, is_new = self._or_error(
            entries.add_or_update, movie_list, found, **wanted.validated_data
        )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(self.represent_rows(EntrySerializer, [entry])[0], code)

    @extend_schema(parameters=[MOVIE], request=None, responses={204: None})
    @movie.mapping.delete
    def take_off(self, request: Request, pk: str, movie: str) -> Response:
        """Remove a movie from one of your lists."""
        if self._or_error(entries.remove, self._own(pk), int(movie)) is None:
            raise NotFound
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=SortSerializer, responses=ListSerializer)
    @action(detail=True, methods=["post"])
    def sort(self, request: Request, pk: str) -> Response:
        """Sort one of your lists once; `stars` means your rating, or else the prediction."""
        movie_list = self._own(pk)
        wanted = SortSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        movie_ids = list(movie_list.entries.values_list("movie_id", flat=True))
        stars = predicted(request.user, movie_ids)
        self._or_error(entries.sort, movie_list, wanted.validated_data["by"], stars)
        return Response(self._list(movie_list.pk))

    @extend_schema(request=None, responses={201: ListSerializer})
    @action(detail=True, methods=["post"])
    def copy(self, request: Request, pk: str) -> Response:
        """Copy a list you can see into a private list of your own."""
        made = self._or_error(lifecycle.copy, self._visible(request, pk), request.user)
        return Response(self._list(made.pk), status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=ListSerializer)
    @action(detail=True, methods=["post"])
    def link(self, request: Request, pk: str) -> Response:
        """Create a new link to one of your lists; the old one stops working."""
        movie_list = self._own(pk)
        self._or_error(lifecycle.renew_key, movie_list)
        return Response(self._list(movie_list.pk))

    def _list(self, pk: int) -> dict[str, Any]:
        lists = MovieList.objects.with_owner().with_counts()
        return self.get_serializer(get_object_or_404(lists, pk=pk)).data

    def _own(self, pk: str) -> MovieList:
        return get_object_or_404(MovieList.objects.of(self.request.user), pk=pk)

    def _visible(self, request: Request, pk: str) -> MovieList:
        return get_visible_list(request, int(pk), self.query().get("key", ""))

    def _or_error(self, do: Any, *args: Any, **kwargs: Any) -> Any:
        """Call `do`, turning its exceptions into API errors."""
        try:
            return do(*args, **kwargs)
        except lifecycle.ListLimitReached as refused:
            raise ValidationError(str(refused), code="list_limit_reached") from refused
        except (lifecycle.ListDeleted, IntegrityError) as error:  # deleted meanwhile
            raise NotFound from error
