"""API of recommendations, similar movies and accuracy."""

from collections.abc import Sequence

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cfsite.lib.caching import PublicForVisitors
from cfsite.lib.strict import StrictQuery
from movies.api import artists
from movies.api import viewsets as catalogue
from movies.lists import viewsets as lists
from movies.models import Movie
from movies.watching.tonight import tonight_of
from recommender.accuracy.serializers import AccuracySerializer
from recommender.accuracy.summary import accuracy_summary
from recommender.api.explanations import Explains
from recommender.api.serializers import (
    RecommendationsQuerySerializer,
    RecommendationsSerializer,
    SimilarQuerySerializer,
    SimilarSerializer,
)
from recommender.representation import Predicts, with_genres_and_directors
from recommender.serving import recommend
from recommender.serving.similar import similar_movies
from recommender.serving.similar_steering import Steer


class MovieViewSet(Explains, Predicts, catalogue.MovieViewSet):
    """The catalogue with predictions."""

    @extend_schema(responses=SimilarSerializer, filters=False)
    @action(detail=True, pagination_class=None, query_serializer=SimilarQuerySerializer)
    def similar(self, request: Request, pk: str) -> Response:
        """Movies most like this one, without those you watched or are not interested in.

        `steer` and `more_of` turn the list softly: it stays close to the movie.
        """
        asked = self.query()
        steer = Steer.towards(asked["steer"], asked["more_of"])
        movie = get_object_or_404(Movie, pk=pk)
        found = similar_movies(movie, asked["n"], request.user, steer, with_genres_and_directors)
        return Response({"items": self.represent(found)})


class ArtistViewSet(Predicts, artists.ArtistViewSet):
    """Directors, writers and actors, and predictions for their movies."""


class ListViewSet(Predicts, lists.ListViewSet):
    """Lists of movies with predictions."""


class RecommendationViewSet(Predicts, StrictQuery, viewsets.GenericViewSet):
    """What you will probably like."""

    serializer_class = RecommendationsSerializer
    query_serializer = RecommendationsQuerySerializer
    permission_classes = [IsAuthenticated]
    pagination_class = None
    filter_backends: list = []

    @extend_schema(responses=RecommendationsSerializer)
    def list(self, request: Request) -> Response:
        """Your unrated movies, best first."""
        asked = self.query()
        within = tonight_of(request.user) if asked["tonight"] else None
        answer = recommend.recommend(
            request.user, n=asked["n"], find=with_genres_and_directors, within=within
        )
        items = self.represent_recommendations(answer)
        return Response({"run": answer.run_id, "source": answer.source, "items": items})

    def my_ratings(self, movie_ids: Sequence[int]) -> dict[int, float]:
        return {}  # nothing rated is ever recommended


class AccuracyView(PublicForVisitors, StrictQuery, APIView):
    """How good the predictions are."""

    permission_classes = [AllowAny]

    @extend_schema(responses=AccuracySerializer)
    def get(self, request: Request) -> Response:
        """The newest evaluation of the site's own ratings, and the live log."""
        return Response(AccuracySerializer(accuracy_summary()).data)
