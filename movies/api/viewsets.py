"""Viewsets of movies, ratings and marks."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError
from django.db.models import Count, Manager, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from cfsite.lib.api.rest import whole_list
from cfsite.lib.api.strict import StrictQuery
from cfsite.lib.web.caching import PublicForVisitors
from movies.api.catalogue_pages import CataloguePages
from movies.api.merged import RedirectsMergedMovies
from movies.api.movie_filters import MarkFilter
from movies.api.movie_object import MovieDetailSerializer, MovieSerializer
from movies.api.movie_query import (
    IDS,
    FacetsQuery,
    MoviesQuery,
    browse_query,
    chosen,
    ids_to_rank,
    in_order,
)
from movies.api.representation import ShowsMovies
from movies.api.serializers import (
    FacetsSerializer,
    GenreSerializer,
    GenresSerializer,
    MarkSerializer,
    MovieMarksSerializer,
    RateSerializer,
    RatingSerializer,
)
from movies.browse.facets import facets_for
from movies.genres import by_label
from movies.models import Genre, Mark, Movie, Rating
from movies.sync.answers import stale_answer
from movies.sync.idempotency import Idempotent
from movies.sync.times import AtSerializer, DeletesInTime
from movies.sync.writes import (
    Outcome,
    RatingWrite,
    Written,
    rate_now,
    remove_mark,
    remove_rating,
    save_ratings,
    set_mark,
)
from recommender.serving.orderings import rank

KIND = OpenApiParameter("kind", {"type": "string", "enum": Mark.Kind.values}, OpenApiParameter.PATH)


class MovieViewSet(
    Idempotent,
    DeletesInTime,
    RedirectsMergedMovies,
    ShowsMovies,
    PublicForVisitors,
    StrictQuery,
    viewsets.ReadOnlyModelViewSet,
):
    """The catalogue, open to everyone; log in to rate and mark movies."""

    queryset = Movie.objects.best_loved().for_api()
    serializer_class = MovieSerializer
    filter_backends: list = []
    permission_classes = [AllowAny]
    # Longer numbers cannot be database ids.
    lookup_value_regex = "[0-9]{1,18}"

    def get_query_serializer_class(self) -> type[serializers.Serializer] | None:
        return MoviesQuery if self.action == "list" else super().get_query_serializer_class()

    @extend_schema(parameters=[IDS])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Browse and search."""
        asked = self.query()
        order, user = asked.get("order", ""), request.user
        movies = in_order(chosen(self.get_queryset(), asked, user), order, user)
        if "ids" in asked:
            found = movies.order_by().in_bulk(asked["ids"])
            shown = [found[pk] for pk in asked["ids"] if pk in found]
            return Response(whole_list(self.represent(shown), count=len(shown)))
        ids = ids_to_rank(movies, asked, user)
        pages = CataloguePages(movies, partial(rank, user, ids, order), self._in_order)
        page = self.paginate_queryset(pages)
        if not pages.is_ranked:
            return self.get_paginated_response(self.represent(page))
        predicted = {movie.pk: movie.predicted for movie in page if movie.predicted is not None}
        return self.get_paginated_response(self.represent(page, predicted))

    def _in_order(self, movie_ids: Sequence[int]) -> Sequence[Movie]:
        found = self.get_queryset().order_by().in_bulk(movie_ids)
        return [found[movie_id] for movie_id in movie_ids if movie_id in found]

    @extend_schema(responses=FacetsSerializer)
    @action(detail=False, pagination_class=None, query_serializer=FacetsQuery)
    def facets(self, request: Request) -> Response:
        """How many movies would be left with each further choice."""
        asked = browse_query(self.query(), request.user)
        found = facets_for(asked, request.user, by_label(Genre.objects.all()))
        return Response(FacetsSerializer(found).data)

    @extend_schema(responses=MovieDetailSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One movie, and where to watch it."""
        movie = get_object_or_404(self.get_queryset().defer(None), pk=kwargs["pk"])
        return Response(self.represent_in_full(movie))

    def _movie(self, movies: Manager[Movie] = Movie.objects) -> Movie:
        return get_object_or_404(movies.only("title", "year"), pk=self.kwargs["pk"])

    def _rating(self, rating: Rating, movie: Movie | None = None) -> dict[str, Any]:
        """movie: if it was read from `for_api()` already."""
        movies = {movie.pk: self.represent([movie])[0]} if movie else None
        context = {"movies": movies or self.movies_by_id([rating.movie_id])}
        return RatingSerializer(rating, context=context).data

    @extend_schema(responses=RatingSerializer)
    @action(detail=True, permission_classes=[IsAuthenticated], pagination_class=None)
    def rating(self, request: Request, pk: str) -> Response:
        """Your rating of this movie."""
        own = Rating.objects.of(request.user)
        return Response(self._rating(get_object_or_404(own, movie=pk)))

    @extend_schema(request=RateSerializer, responses={200: RatingSerializer, 201: RatingSerializer})
    @rating.mapping.put
    def rate(self, request: Request, pk: str) -> Response:
        """Rate this movie, or change your rating; safe to repeat."""
        movie = get_object_or_404(Movie.objects.for_api(), pk=pk)
        wanted = RateSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        written = _rate(request.user, movie, **wanted.validated_data)
        if written.outcome == Outcome.STALE:
            return stale_answer(written.rating and self._rating(written.rating))
        is_new = written.outcome == Outcome.CREATED
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(self._rating(written.rating, movie), status=code)

    @extend_schema(request=None, responses={204: None})
    @rating.mapping.delete
    def unrate(self, request: Request, pk: str) -> Response:
        """Remove your rating; safe to repeat."""
        movie = self._movie(Movie.everything)
        written = remove_rating(request.user, movie.pk, self.deleted_at())
        if written.outcome == Outcome.STALE:
            return stale_answer(written.rating and self._rating(written.rating))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="movies_marks_list", responses=MovieMarksSerializer)
    @action(detail=True, permission_classes=[IsAuthenticated], pagination_class=None)
    def marks(self, request: Request, pk: str) -> Response:
        """Your marks of this movie."""
        own = Mark.objects.filter(user=request.user, movie=self._movie(Movie.everything))
        rows = self.represent_rows(MarkSerializer, own.order_by("kind"))
        return Response(whole_list(rows))

    @extend_schema(parameters=[KIND], responses=MarkSerializer)
    @action(
        detail=True,
        url_path=f"marks/(?P<kind>{'|'.join(Mark.Kind.values)})",
        permission_classes=[IsAuthenticated],
        pagination_class=None,
    )
    def mark(self, request: Request, pk: str, kind: str) -> Response:
        """Your mark of this movie; 404 if it has none of this kind."""
        return Response(self._mark(get_object_or_404(Mark, user=request.user, movie=pk, kind=kind)))

    @extend_schema(
        parameters=[KIND],
        request=AtSerializer,
        responses={200: MarkSerializer, 201: MarkSerializer},
    )
    @mark.mapping.put
    def set_mark(self, request: Request, pk: str, kind: str) -> Response:
        """Mark the movie: on your watchlist, not interested or watched (`seen`)."""
        movie = self._movie()
        try:
            outcome, mark = set_mark(request.user, movie, kind, _at(request.data))
        except (IntegrityError, Mark.DoesNotExist) as error:  # the movie was deleted meanwhile
            raise NotFound from error
        if outcome == Outcome.STALE:
            return stale_answer(mark and self._mark(mark))
        is_new = outcome == Outcome.CREATED
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(self._mark(mark), status=code)

    def _mark(self, mark: Mark) -> dict[str, Any]:
        return self.represent_rows(MarkSerializer, [mark])[0]

    @extend_schema(parameters=[KIND], request=None, responses={204: None})
    @mark.mapping.delete
    def unmark(self, request: Request, pk: str, kind: str) -> Response:
        """Remove the mark; safe to repeat."""
        movie = self._movie(Movie.everything)
        outcome, mark = remove_mark(request.user, movie.pk, kind, self.deleted_at())
        if outcome == Outcome.STALE:
            return stale_answer(mark and self._mark(mark))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _at(body: Any) -> datetime:
    """When the member did it."""
    wanted = AtSerializer(data=body)
    wanted.is_valid(raise_exception=True)
    return wanted.validated_data.get("at") or timezone.now()


def _rate(
    user: User,
    movie: Movie,
    stars: float,
    rated_at: datetime | None = None,
    prediction_shown: bool | None = None,
) -> Written:
    """What became of the rating, and the one that stands now."""
    try:
        if rated_at is not None:
            return save_ratings(user, [RatingWrite(movie.pk, stars, rated_at, prediction_shown)])[0]
        rating, is_new = rate_now(user, movie, stars, prediction_shown)
        return Written(Outcome.CREATED if is_new else Outcome.CHANGED, rating)
    except IntegrityError as error:  # the movie was deleted since it was read
        raise NotFound from error


class MarkViewSet(ShowsMovies, StrictQuery, mixins.ListModelMixin, viewsets.GenericViewSet):
    """Your marks, newest first: watchlist, not interested, watched (`seen`)."""

    queryset = Mark.objects.none()
    serializer_class = MarkSerializer
    filterset_class = MarkFilter
    permission_classes = [IsAuthenticated]

    def get_queryset(self) -> QuerySet[Mark]:
        if not self.request.user.is_authenticated:
            return Mark.objects.none()
        return Mark.objects.filter(user=self.request.user).order_by("-created_at", "-pk")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Your marks, newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.represent_rows(MarkSerializer, page))


class GenresView(PublicForVisitors, StrictQuery, APIView):
    """The genres of the catalogue."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="genres_list", responses=GenresSerializer)
    def get(self, request: Request) -> Response:
        """By name in your language, each with the number of its movies."""
        listed = Count("movies", filter=Q(movies__retired_at=None))
        genres = by_label(Genre.objects.annotate(n_movies=listed).order_by())
        return Response(whole_list(GenreSerializer(genres, many=True).data, count=len(genres)))
