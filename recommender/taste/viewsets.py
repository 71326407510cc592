"""The taste endpoint of the API."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cfsite.lib.api.strict import StrictQuery
from movies.api.representation import ShowsMovies
from recommender.taste.report import taste_report
from recommender.taste.serializers import TasteSerializer, movie_ids_of, represent
from recommender.taste.surprises import prediction_errors


class TasteView(ShowsMovies, StrictQuery, APIView):
    """What your ratings say about you."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=TasteSerializer)
    def get(self, request: Request) -> Response:
        """Your stars beside everybody's, where you stand on the axes of taste, and the map."""
        report = taste_report(request.user)
        errors = prediction_errors(request.user, report.movies)
        context = self.with_movies(movie_ids_of(report, errors))
        return Response(represent(report, errors, context))
