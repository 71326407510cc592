"""The year-in-review endpoints of the API."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cfsite.lib.api.rest import whole_list
from cfsite.lib.api.strict import StrictQuery
from movies.api.representation import ShowsMovies
from movies.periods import Period
from recommender.year_in_review.review import review
from recommender.year_in_review.serializers import ReviewSerializer, YearSerializer, YearsSerializer
from recommender.year_in_review.watched import years_of

YEAR = OpenApiParameter(
    "year", {"type": "integer", "minimum": 1, "maximum": 9998}, OpenApiParameter.PATH
)


class YearsView(StrictQuery, APIView):
    """The years in which you watched movies."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="me_years_list", responses=YearsSerializer)
    def get(self, request: Request) -> Response:
        """The last one first."""
        years = [{"year": year, "n": n} for year, n in years_of(request.user).items()]
        return Response(whole_list(YearSerializer(years, many=True).data))


class YearView(ShowsMovies, StrictQuery, APIView):
    """One year looked back at."""

    permission_classes = [IsAuthenticated]

    @extend_schema(parameters=[YEAR], responses=ReviewSerializer)
    def get(self, request: Request, year: int) -> Response:
        """What you watched in it, in figures; zeros for a year without movies."""
        if Period.parse(f"{year:04}") is None:
            raise NotFound
        found = review(request.user, year)
        context = self.with_movies(movie.pk for movie in found.movies)
        return Response(ReviewSerializer(found, context=context).data)
