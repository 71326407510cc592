"""The API: one router, its schema and its documentation."""

from typing import Any

from django.conf import settings
from django.urls import include, path, re_path
from django.utils.translation import gettext as _
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
from cfsite.lib.api.strict import StrictQuery
from cfsite.lib.web.caching import PublicForVisitors
from cfsite.operations.api.catalogue import CatalogueBulkView, CatalogueViewSet
from cfsite.operations.api.refits import EvaluationViewSet, RefitViewSet, SiteStateView
from movies.api.artists import ArtistViewSet
from movies.api.viewsets import GenresView, MarkViewSet
from movies.changes.views import ChangesView
from movies.diary.viewsets import ViewingViewSet
from movies.lists.viewsets import ListViewSet
from movies.my_imports.viewsets import ImportViewSet
from movies.my_ratings.bulk_api import MyRatingsView
from movies.my_ratings.viewsets import RatingViewSet
from movies.watching.viewsets import ServicesView
from recommender.api.recommendations import PredictView, RecommendationViewSet
from recommender.api.shelves import ShelfViewSet
from recommender.api.state import StateView
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
router.register("operator/refits", RefitViewSet, basename="api-operator-refit")
router.register("operator/evaluations", EvaluationViewSet, basename="api-operator-evaluation")
router.register("operator/movies", CatalogueViewSet, basename="api-operator-movie")

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
    "changes": "api-me-changes",
    "state": "api-me-state",
    "services": "api-me-services",
    "tokens": "api-token-list",
    "accuracy": "api-accuracy",
    "taste": "api-taste",
    "years": "api-years",
    "schema": "api-schema",
    "docs": "api-docs",
}


class RootView(PublicForVisitors, StrictQuery, APIView):
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
        raise NotFound(_("Not found. Every address of this API ends with a slash."))


def number_ids(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Declare ids as integers; the generator reads them as strings from the URL pattern."""
    for methods in result["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path" and parameter["name"] == "id":
                    parameter["schema"] = {"type": "integer", "minimum": 1}
    return result


urlpatterns = [
    path("", RootView.as_view(), name="api-root"),
    path("operator/movies/bulk/", CatalogueBulkView.as_view(), name="api-operator-movies"),
    path("operator/state/", SiteStateView.as_view(), name="api-operator-state"),
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
    path("me/changes/", ChangesView.as_view(), name="api-me-changes"),
    path("me/ratings/", MyRatingsView.as_view(), name="api-me-ratings"),
    path("me/state/", StateView.as_view(), name="api-me-state"),
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
            throttle_classes=[],
            url_name="api-schema",
            template_name="api/docs.html",
            title=settings.SPECTACULAR_SETTINGS["TITLE"],
        ),
        name="api-docs",
    ),
    re_path("^.*$", NotFoundView.as_view(), name="api-not-found"),
]
