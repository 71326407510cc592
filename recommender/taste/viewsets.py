"""One's own taste, for API clients."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from recommender.taste.report import taste_of
from recommender.taste.serializers import TasteSerializer, represent
from recommender.taste.surprises import surprises_of


class TasteView(APIView):
    """What your ratings say about you."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=TasteSerializer)
    def get(self, request: Request) -> Response:
        """Your stars beside everybody's, where you stand on the axes of taste, and the map."""
        taste = taste_of(request.user)
        said = surprises_of(request.user, taste.shelf)
        return Response(represent(taste, said, {"request": request}))
