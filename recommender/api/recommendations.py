"""API of recommendations: for members, and for people without an account who send their ratings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cfsite.lib.api.rest import whole_list
from cfsite.lib.api.strict import StrictQuery
from movies.api.movie_query import ChosenMovies, MovieChoices, chosen
from movies.api.representation import Predicted, ShowsMovies
from movies.models import Movie
from recommender.api.sent_ratings import find_movies
from recommender.api.serializers import (
    PredictionsSerializer,
    PredictSerializer,
    RecommendationsQuery,
    RecommendationsSerializer,
)
from recommender.serving.explain import NamedReason, all_reasons
from recommender.serving.model_cache import current_model
from recommender.serving.predictions import OwnFigures, predict_movies
from recommender.serving.recommend import Recommendations, popular, recommend, recommend_to
from recommender.serving.users import boldness_of, fold_in_ratings

FILTERS = frozenset(MovieChoices().fields)


def movies_for_api(movie_ids: Sequence[int]) -> dict[int, Movie]:
    """As `find` of `recommend`: with everything that the API says of a movie."""
    return Movie.objects.for_api().in_bulk(movie_ids)


class ShowsRecommendations(ShowsMovies):
    """Of views whose answers have lists of recommendations."""

    def represent_recommendations(
        self, answer: Recommendations, *, with_reasons: bool = False
    ) -> list[dict[str, Any]]:
        """The entries of a list, in order. With reasons: two queries more."""
        predicted = None
        if answer.source == "personal":
            predicted = {item.movie_id: item.stars for item in answer.items}
        entries = [
            {"movie": movie, "score": item.score}
            for movie, item in zip(
                self.represent(answer.movies, predicted), answer.items, strict=True
            )
        ]
        if with_reasons:
            reasons = self._reasons(answer)
            for entry in entries:
                entry["reasons"] = reasons.get(entry["movie"]["id"], [])
        return entries

    def _reasons(self, answer: Recommendations) -> dict[int, list[dict[str, Any]]]:
        """By movie id."""
        if answer.model is None or answer.folded_in is None:
            return {}
        ids = [item.movie_id for item in answer.items]
        reasons = all_reasons(answer.model, answer.folded_in, ids)
        movies = self.movies_by_id(one.movie.pk for why in reasons.values() for one in why)
        return {
            pk: [reason_object(one, movies) for one in why if one.movie.pk in movies]
            for pk, why in reasons.items()
        }


def reason_object(reason: NamedReason, movies: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    return {
        "kind": reason.kind.value,
        "movie": movies[reason.movie.pk],
        "stars": reason.stars,
        "share": reason.share,
        "without": reason.without,
    }


def within(asked: Mapping[str, Any], user: Any) -> ChosenMovies | None:
    """What the filters leave; None without any."""
    filters = {name: value for name, value in asked.items() if name in FILTERS and value != ""}
    if not filters or filters == {"tonight": False}:
        return None
    return ChosenMovies(chosen(Movie.objects.all(), filters, user))


class RecommendationViewSet(ShowsRecommendations, StrictQuery, viewsets.GenericViewSet):
    """What you will probably like."""

    serializer_class = RecommendationsSerializer
    query_serializer = RecommendationsQuery
    permission_classes = [IsAuthenticated]
    pagination_class = None
    filter_backends: list = []

    @extend_schema(responses=RecommendationsSerializer)
    def list(self, request: Request) -> Response:
        """Your unrated movies, best first; empty if no movie passes the filters."""
        asked = self.query()
        answer = recommend(
            request.user,
            n=asked["n"],
            find=movies_for_api,
            within=within(asked, request.user),
            boldness=asked.get("boldness"),
            leaves_out_watchlist=asked["exclude_watchlist"],
        )
        entries = self.represent_recommendations(answer, with_reasons=asked["reasons"])
        return Response(whole_list(entries, run=answer.run_id, source=answer.source))


class PredictView(ShowsRecommendations, StrictQuery, APIView):
    """Recommendations without an account."""

    permission_classes = [AllowAny]
    post_only_reads = True  # for access tokens that may only read

    @extend_schema(request=PredictSerializer, responses=PredictionsSerializer)
    def post(self, request: Request) -> Response:
        """The list and the predicted stars of somebody with these ratings; nothing is saved.

        The same as for an account that gave the same ratings at the same times.
        """
        body = PredictSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        sent = find_movies(asked["ratings"])
        model = current_model()
        folded_in = fold_in_ratings(model, sent.half_stars, sent.rated_at) if model else None
        self._sent, self._model, self._folded_in = sent, model, folded_in
        answer = self._recommend(asked)
        entries = self.represent_recommendations(answer, with_reasons=asked["reasons"])
        movies = self.movies_by_id(asked["movies"])
        more = {
            "movies": [movies[pk] for pk in asked["movies"] if pk in movies],
            "not_found": sent.not_found,
        }
        return Response(whole_list(entries, run=answer.run_id, source=answer.source, **more))

    def _recommend(self, asked: Mapping[str, Any]) -> Recommendations:
        limit, n = within(asked, AnonymousUser()), asked["n"]
        model, folded_in = self._model, self._folded_in
        if model is not None and folded_in is not None and folded_in.is_known:
            boldness = boldness_of(asked["boldness"])
            return recommend_to(model, folded_in, n, boldness, movies_for_api, limit)
        rated = self._sent.half_stars
        return popular(AnonymousUser(), n, model, movies_for_api, limit, excluded=rated)

    def own_figures(
        self, movie_ids: Sequence[int], predicted: Predicted | None = None
    ) -> OwnFigures:
        """Of the ratings that were sent."""
        if predicted is None and self._model is not None and self._folded_in is not None:
            predicted = predict_movies(self._model, self._folded_in, movie_ids)
        return OwnFigures(ratings=self._sent.stars, predicted=predicted or {})
