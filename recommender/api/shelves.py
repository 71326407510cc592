"""API of the shelves of the home page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from cfsite.lib.api.rest import WholeListSerializer, whole_list
from cfsite.lib.api.strict import QuerySerializer, StrictQuery
from movies.api.movie_object import MovieSerializer
from movies.api.representation import ShowsMovies
from movies.models import Movie
from movies.watching.tonight import Tonight, tonight_of
from recommender.api.recommendations import movies_for_api
from recommender.home.shelf_layout import Kind
from recommender.home.shelves import PER_SHELF, Shelf, shelves_for
from recommender.serving import recommend

MOST_OF_A_SHELF, MOST_BESIDE, BESIDE = 24, 100, 12


class ShelvesQuery(QuerySerializer):
    n = serializers.IntegerField(
        min_value=1,
        max_value=MOST_OF_A_SHELF,
        default=PER_SHELF,
        help_text="Number of movies per shelf.",
    )
    beside = serializers.IntegerField(
        min_value=0,
        max_value=MOST_BESIDE,
        default=BESIDE,
        help_text="Number of your top recommendations to leave off the shelves because you "
        "already show them.",
    )
    tonight = serializers.BooleanField(
        default=False, help_text="Nothing but movies in the library and on your services."
    )


class ShelfSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    movie_id = serializers.IntegerField(
        allow_null=True, help_text="Of `like`: the movie that the others are like."
    )
    genre = serializers.CharField(allow_null=True, help_text="Of `genre`: its slug.")
    decade = serializers.IntegerField(allow_null=True, help_text="Of `decade`: its first year.")
    title = serializers.CharField(help_text="Title in your language.")
    more = serializers.URLField(help_text="Address with more movies of this kind.")
    movies = MovieSerializer(many=True)


@extend_schema_serializer(many=False)
class ShelvesSerializer(WholeListSerializer):
    run = serializers.IntegerField(
        allow_null=True, help_text="The training run behind the answer; null before the first."
    )
    results = ShelfSerializer(many=True)


class ShelfViewSet(ShowsMovies, StrictQuery, viewsets.GenericViewSet):
    """Short rows of movies, each with a reason of its own."""

    serializer_class = ShelvesSerializer
    query_serializer = ShelvesQuery
    permission_classes = [IsAuthenticated]
    pagination_class = None
    filter_backends: list = []

    @extend_schema(responses=ShelvesSerializer)
    def list(self, request: Request) -> Response:
        """From your watchlist, like what you loved, of your genres and decade, off the track.

        No movie stands on two shelves. Empty while nothing is known of you.
        """
        asked = self.query()
        within = tonight_of(request.user) if asked["tonight"] else None
        board = shelves_for(
            request.user,
            _first_picks(request, asked["beside"], within),
            n=asked["n"],
            find=movies_for_api,
            within=within,
            with_reasons=False,
        )
        shown = [movie for shelf in board.shelves for movie in shelf.movies]
        objects = {movie["id"]: movie for movie in self.represent(shown, board.predicted)}
        more = "tonight=true" if within else ""
        shelves = [_represent(shelf, objects, request, more) for shelf in board.shelves]
        return Response(whole_list(shelves, run=board.run_id))


def _first_picks(request: Request, n: int, within: Tonight | None) -> list[int]:
    if not n:
        return []
    find = Movie.objects.only("pk").in_bulk
    picks = recommend.recommend(request.user, n=n, find=find, within=within)
    return [item.movie_id for item in picks.items]


def _represent(
    shelf: Shelf, objects: dict[int, Any], request: Request, filters: str
) -> dict[str, Any]:
    more = _more(shelf)
    if filters and shelf.kind != Kind.LIKE:
        more = f"{more}&{filters}"
    about = {Kind.LIKE: "movie_id", Kind.GENRE: "genre", Kind.DECADE: "decade"}.get(shelf.kind)
    return {
        "kind": shelf.kind.value,
        "movie_id": int(shelf.about) if about == "movie_id" else None,
        "genre": shelf.about if about == "genre" else None,
        "decade": int(shelf.about) if about == "decade" else None,
        "title": str(shelf.title),
        "more": request.build_absolute_uri(more),
        "movies": [objects[movie.pk] for movie in shelf.movies],
    }


def _more(shelf: Shelf) -> str:
    movies = reverse("api-movie-list")
    return {
        Kind.WATCHLIST: f"{reverse('api-mark-list')}?kind=watchlist",
        Kind.LIKE: f"{movies}{shelf.about}/similar/",
        Kind.GENRE: f"{movies}?order=for_you&genre={shelf.about}",
        Kind.DECADE: f"{movies}?order=for_you&decade={shelf.about}",
        Kind.OFF_THE_TRACK: f"{movies}?order=off_the_track",
    }[shelf.kind]
