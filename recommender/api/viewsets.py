"""API of recommendations, similar movies and accuracy."""

from collections.abc import Sequence

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from movies.api import artists
from movies.api import viewsets as catalogue
from movies.api.movie_filters import LONGEST_SLUG, TEXT
from movies.lists import viewsets as lists
from movies.models import Movie
from movies.watching.tonight import tonight_of
from recommender.accuracy.serializers import AccuracySerializer
from recommender.accuracy.summary import accuracy_summary
from recommender.api.explanations import Explains
from recommender.api.serializers import (
    ABOUT_TONIGHT,
    MOST,
    CountSerializer,
    RecommendationsSerializer,
    SimilarSerializer,
    SteerSerializer,
    WantedSerializer,
)
from recommender.representation import Predicts, with_genres_and_directors
from recommender.serving import recommend
from recommender.serving.similar import similar_movies
from recommender.serving.similar_steering import DIRECTIONS, Steer


def _n(default: int) -> OpenApiParameter:
    return OpenApiParameter(
        "n",
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": default},
        description="Number of movies.",
    )


STEER = OpenApiParameter(
    "steer",
    {"type": "array", "items": {"type": "string", "enum": list(DIRECTIONS)}},
    description="Steer towards such movies. Repeat it to combine two directions; of two opposite "
    "ones, the last counts.",
)
MORE_OF = OpenApiParameter(
    "more_of", {**TEXT, "maxLength": LONGEST_SLUG}, description="Slug of a genre."
)

TONIGHT = OpenApiParameter(
    "tonight", {"type": "boolean", "default": False}, description=ABOUT_TONIGHT
)


def _wanted(request: Request, default: int) -> int:
    wanted = CountSerializer(data=request.query_params, default=default)
    wanted.is_valid(raise_exception=True)
    return wanted.validated_data["n"]


class MovieViewSet(Explains, Predicts, catalogue.MovieViewSet):
    """The catalogue with predictions."""

    @extend_schema(parameters=[_n(12), STEER, MORE_OF], responses=SimilarSerializer, filters=False)
    @action(detail=True, pagination_class=None)
    def similar(self, request: Request, pk: str) -> Response:
        """Movies most like this one, without those you watched or are not interested in.

        `steer` and `more_of` turn the list softly: it stays close to the movie.
        """
        n = _wanted(request, default=12)
        wishes = SteerSerializer(data=request.query_params)
        wishes.is_valid(raise_exception=True)
        asked = wishes.validated_data
        steer = Steer.towards(asked["steer"], asked["more_of"])
        movie = get_object_or_404(Movie, pk=pk)
        found = similar_movies(movie, n, request.user, steer, with_genres_and_directors)
        return Response({"items": self.represent(found)})


class ArtistViewSet(Predicts, artists.ArtistViewSet):
    """Directors, writers and actors, and predictions for their movies."""


class ListViewSet(Predicts, lists.ListViewSet):
    """Lists of movies with predictions."""


class RecommendationViewSet(Predicts, viewsets.GenericViewSet):
    """What you will probably like."""

    serializer_class = RecommendationsSerializer
    permission_classes = [IsAuthenticated]
    pagination_class = None
    filter_backends: list = []

    @extend_schema(parameters=[_n(24), TONIGHT], responses=RecommendationsSerializer)
    def list(self, request: Request) -> Response:
        """Your unrated movies, best first."""
        wanted = WantedSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        n, is_tonight = wanted.validated_data["n"], wanted.validated_data["tonight"]
        within = tonight_of(request.user) if is_tonight else None
        answer = recommend.recommend(
            request.user, n=n, find=with_genres_and_directors, within=within
        )
        items = self.represent_recommendations(answer)
        return Response({"run": answer.run_id, "source": answer.source, "items": items})

    def my_ratings(self, movie_ids: Sequence[int]) -> dict[int, float]:
        return {}  # nothing rated is ever recommended


class AccuracyView(APIView):
    """How good the predictions are."""

    permission_classes = [AllowAny]

    @extend_schema(responses=AccuracySerializer)
    def get(self, request: Request) -> Response:
        """The newest evaluation of the site's own ratings, and the live log."""
        return Response(AccuracySerializer(accuracy_summary()).data)
