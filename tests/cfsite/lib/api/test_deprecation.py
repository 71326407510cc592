"""Operations that will go say so in each answer."""

from datetime import date

from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from cfsite.lib.api.deprecation import deprecated


class OldView(APIView):
    permission_classes = [AllowAny]
    authentication_classes = []

    @deprecated(date(2027, 1, 1), date(2028, 1, 1), "https://films.example.org/changes")
    def get(self, request: Request) -> Response:
        if "missing" in request.query_params:
            raise NotFound
        return Response({})

    def put(self, request: Request) -> Response:
        return Response({})


def test_it_works() -> None:
    requests = APIRequestFactory()
    for url in ("/", "/?missing"):
        answer = OldView.as_view()(requests.get(url))
        assert answer["Deprecation"] == "@1798761600"
        assert answer["Sunset"] == "Sat, 01 Jan 2028 00:00:00 GMT"
        assert answer["Link"] == '<https://films.example.org/changes>; rel="deprecation"'
    assert "Deprecation" not in OldView.as_view()(requests.put("/"))
