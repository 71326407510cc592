"""API of the shelves of the home page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from cfsite.lib.strict import QuerySerializer, StrictQuery
from movies.api.serializers import MovieSerializer
from movies.models import Movie
from movies.watching.tonight import Tonight, tonight_of
from recommender.api.serializers import ABOUT_TONIGHT
from recommender.home.shelf_layout import Kind
from recommender.home.shelves import PER_SHELF, Shelf, shelves_for
from recommender.representation import Predicts, with_genres_and_directors
from recommender.serving import recommend

MOST_OF_A_SHELF, MOST_BESIDE, BESIDE = 24, 100, 12


class ShelvesQuerySerializer(QuerySerializer):
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
    tonight = serializers.BooleanField(default=False, help_text=ABOUT_TONIGHT)


class ShelfItemSerializer(serializers.Serializer):
    movie = MovieSerializer(read_only=True)
    stars = serializers.FloatField(help_text="Predicted stars, 0.5 to 5.")


class ShelfSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    about = serializers.CharField(
        help_text="A movie's id, a genre's slug, a decade's first year, or nothing."
    )
    title = serializers.CharField(help_text="Title in your language.")
    more = serializers.URLField(help_text="Address with more movies of this kind.")
    items = ShelfItemSerializer(many=True)


@extend_schema_serializer(many=False)
class ShelvesSerializer(serializers.Serializer):
    run = serializers.IntegerField(
        allow_null=True, help_text="The training run behind the answer; null before the first."
    )
    shelves = ShelfSerializer(many=True)


class ShelfViewSet(Predicts, StrictQuery, viewsets.GenericViewSet):
    """Short rows of movies, each with a reason of its own."""

    serializer_class = ShelvesSerializer
    query_serializer = ShelvesQuerySerializer
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
            find=with_genres_and_directors,
            within=within,
        )
        shown = [movie for shelf in board.shelves for movie in shelf.movies]
        items = {movie["id"]: movie for movie in self.represent(shown, dict(board.predicted))}
        more = "tonight=true" if within else ""
        shelves = [_represent(shelf, items, request, more) for shelf in board.shelves]
        return Response({"run": board.run_id, "shelves": shelves})

    def my_ratings(self, movie_ids: Any) -> dict[int, float]:
        return {}  # nothing rated stands on a shelf


def _first_picks(request: Request, n: int, within: Tonight | None) -> list[int]:
    if not n:
        return []
    find = Movie.objects.only("pk").in_bulk
    picks = recommend.recommend(request.user, n=n, find=find, within=within)
    return [item.movie_id for item in picks.items]


def _represent(
    shelf: Shelf, items: dict[int, Any], request: Request, filters: str
) -> dict[str, Any]:
    more = _more(shelf)
    if filters and shelf.kind != Kind.LIKE:
        more = f"{more}&{filters}"
    movies = [items[movie.pk] for movie in shelf.movies]
    return {
        "kind": shelf.kind.value,
        "about": shelf.about,
        "title": str(shelf.title),
        "more": request.build_absolute_uri(more),
        "items": [{"movie": movie, "stars": movie["predicted"]} for movie in movies],
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
