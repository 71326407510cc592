"""API of similar movies and accuracy."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cfsite.lib.api.rest import whole_list
from cfsite.lib.api.strict import StrictQuery
from cfsite.lib.web.caching import PublicForVisitors
from movies.api import viewsets as catalogue
from movies.models import Movie
from recommender.accuracy.serializers import AccuracySerializer
from recommender.accuracy.summary import accuracy_summary
from recommender.api.explanations import Explains
from recommender.api.recommendations import movies_for_api
from recommender.api.serializers import SimilarQuery, SimilarSerializer
from recommender.serving.similar import similar_movies
from recommender.serving.similar_steering import Steer


class MovieViewSet(Explains, catalogue.MovieViewSet):
    """The catalogue, with what the model says of its movies."""

    @extend_schema(responses=SimilarSerializer)
    @action(detail=True, pagination_class=None, query_serializer=SimilarQuery)
    def similar(self, request: Request, pk: str) -> Response:
        """Movies most like this one, without those you watched or are not interested in.

        `steer` and `more_of` turn the list softly: it stays close to the movie.
        """
        asked = self.query()
        steer = Steer.towards(asked["steer"], asked.get("more_of"))
        movie = get_object_or_404(Movie, pk=pk)
        found = similar_movies(movie, asked["n"], request.user, steer, movies_for_api)
        return Response(whole_list(self.represent(found)))


class AccuracyView(PublicForVisitors, StrictQuery, APIView):
    """How good the predictions are."""

    permission_classes = [AllowAny]

    @extend_schema(responses=AccuracySerializer)
    def get(self, request: Request) -> Response:
        """The newest evaluation of the site's own ratings, and the live log."""
        return Response(AccuracySerializer(accuracy_summary()).data)
