"""The API: one router, its schema and its documentation."""

from typing import Any

from django.conf import settings
from django.urls import include, path, re_path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from accounts.api.views import EraseView, MeView, MyDataView, ProfileView
from accounts.tokens.viewsets import AccessTokenViewSet
from cfsite.api import credentials  # noqa: F401, the schema finds what it describes
from cfsite.api.schema import SchemaView
from cfsite.lib.strict import StrictQuery
from movies.api.artists import ArtistViewSet
from movies.api.viewsets import GenresView, MarkViewSet
from movies.diary.viewsets import ViewingViewSet
from movies.lists.viewsets import ListViewSet
from movies.my_imports.viewsets import ImportViewSet
from movies.my_ratings.viewsets import RatingViewSet
from movies.watching.viewsets import ServicesView
from recommender.api.recommendations import PredictView, RecommendationViewSet
from recommender.api.shelves import ShelfViewSet
from recommender.api.viewsets import AccuracyView, MovieViewSet
from recommender.groups.viewsets import GroupViewSet
from recommender.onboarding.viewsets import StartViewSet
from recommender.taste.viewsets import TasteView
from recommender.year_in_review.viewsets import YearsView, YearView

router = SimpleRouter()
router.register("movies", MovieViewSet, basename="api-movie")
router.register("artists", ArtistViewSet, basename="api-artist")
router.register("ratings", RatingViewSet, basename="api-rating")
router.register("viewings", ViewingViewSet, basename="api-viewing")
router.register("marks", MarkViewSet, basename="api-mark")
router.register("imports", ImportViewSet, basename="api-import")
router.register("lists", ListViewSet, basename="api-list")
router.register("recommendations", RecommendationViewSet, basename="api-recommendation")
router.register("shelves", ShelfViewSet, basename="api-shelf")
router.register("groups", GroupViewSet, basename="api-group")
router.register("start", StartViewSet, basename="api-start")

ROOT_LINKS = {
    "movies": "api-movie-list",
    "genres": "api-genres",
    "artists": "api-artist-list",
    "recommendations": "api-recommendation-list",
    "predict": "api-predict",
    "shelves": "api-shelf-list",
    "groups": "api-group-list",
    "start": "api-start-list",
    "ratings": "api-rating-list",
    "viewings": "api-viewing-list",
    "marks": "api-mark-list",
    "imports": "api-import-list",
    "lists": "api-list-list",
    "public_lists": "api-list-public",
    "me": "api-me",
    "profile": "api-me-profile",
    "services": "api-me-services",
    "tokens": "api-token-list",
    "accuracy": "api-accuracy",
    "taste": "api-taste",
    "years": "api-years",
    "schema": "api-schema",
    "docs": "api-docs",
}


class RootView(StrictQuery, APIView):
    """Links to all parts of the API."""

    permission_classes = [AllowAny]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response({name: reverse(to, request=request) for name, to in ROOT_LINKS.items()})


class NotFoundView(APIView):
    """Answers unknown addresses in JSON instead of HTML."""

    permission_classes = [AllowAny]
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound("Not found. Every address of this API ends with a slash.")


DETAIL_SCHEMA = {
    "type": "object",
    "properties": {"detail": {"type": "string"}},
    "required": ["detail"],
}
FIELD_ERRORS_SCHEMA = {
    "type": "object",
    "description": "Error messages by field, or `detail` if the request could not be read.",
    "additionalProperties": {},
}
ERRORS = {
    400: ("BadInput", FIELD_ERRORS_SCHEMA, "Something in the request is not valid."),
    401: ("Problem", DETAIL_SCHEMA, "Log in first."),
    403: (
        "Problem",
        DETAIL_SCHEMA,
        "The session's CSRF token or the password is missing or wrong.",
    ),
    404: ("Problem", DETAIL_SCHEMA, "Not found, or not yours."),
    413: ("Problem", DETAIL_SCHEMA, "The request is too large."),
    415: ("Problem", DETAIL_SCHEMA, "The body is not JSON (for uploads: not a form)."),
    429: (
        "Problem",
        DETAIL_SCHEMA,
        "Too many requests; `Retry-After` says how many seconds to wait.",
    ),
}


def _errors_of(method: str, operation: dict[str, Any]) -> set[int]:
    parameters = operation.get("parameters", [])
    codes = {429}
    if any(parameter["in"] == "path" or parameter["name"] == "page" for parameter in parameters):
        codes.add(404)
    if "requestBody" in operation:
        codes |= {400, 413, 415}
    if any(parameter["in"] == "query" for parameter in parameters):
        codes |= {400}
    if {} not in operation.get("security", []) or any(
        p["name"] in ("mine", "tonight") for p in parameters
    ):
        codes.add(401)
    if method not in {"get", "head", "options"}:
        codes.add(403)
    return codes


def number_ids(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Declare ids as integers; the generator reads them as strings from the URL pattern."""
    for methods in result["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path" and parameter["name"] == "id":
                    parameter["schema"] = {"type": "integer", "minimum": 1}
    return result


def describe_errors(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Add the error responses of each operation."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas |= {name: schema for name, schema, _ in ERRORS.values()}
    for methods in result["paths"].values():
        for method, operation in methods.items():
            for code in sorted(_errors_of(method, operation)):
                name, _, description = ERRORS[code]
                body = {"schema": {"$ref": f"#/components/schemas/{name}"}}
                operation["responses"].setdefault(
                    str(code),
                    {"description": description, "content": {"application/json": body}},
                )
    return result


urlpatterns = [
    path("", RootView.as_view(), name="api-root"),
    path("", include(router.urls)),
    path("me/tokens/", AccessTokenViewSet.as_view({"get": "list"}), name="api-token-list"),
    path(
        "me/tokens/<int:pk>/",
        AccessTokenViewSet.as_view({"delete": "destroy"}),
        name="api-token-detail",
    ),
    path("genres/", GenresView.as_view(), name="api-genres"),
    path("predict/", PredictView.as_view(), name="api-predict"),
    path("me/", MeView.as_view(), name="api-me"),
    path("me/profile/", ProfileView.as_view(), name="api-me-profile"),
    path("me/services/", ServicesView.as_view(), name="api-me-services"),
    path("accuracy/", AccuracyView.as_view(), name="api-accuracy"),
    path("me/taste/", TasteView.as_view(), name="api-taste"),
    path("me/years/", YearsView.as_view(), name="api-years"),
    path("me/years/<int:year>/", YearView.as_view(), name="api-year"),
    path("me/export/", MyDataView.as_view(), name="api-me-export"),
    path("me/erase/", EraseView.as_view(), name="api-me-erase"),
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(
            url_name="api-schema",
            template_name="api/docs.html",
            title=settings.SPECTACULAR_SETTINGS["TITLE"],
        ),
        name="api-docs",
    ),
    re_path("^.*$", NotFoundView.as_view(), name="api-not-found"),
]
