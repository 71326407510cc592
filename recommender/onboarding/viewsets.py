"""The onboarding API: the same functions as the pages."""

from typing import Any

from django.db import IntegrityError
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from cfsite.lib.api.rest import whole_list
from cfsite.lib.api.strict import StrictQuery
from movies.api.representation import ShowsMovies
from movies.models import Movie, Rating
from recommender.onboarding import answers
from recommender.onboarding.answers import TooManyAnswers
from recommender.onboarding.questions import ENOUGH, groups_to_pick, next_movies
from recommender.onboarding.serializers import (
    PickSerializer,
    QuestionsQuerySerializer,
    QuestionsSerializer,
    StartSerializer,
)
from recommender.serving.user_state import onboarding_answers_of

MOVIE = OpenApiParameter("movie", {"type": "integer", "minimum": 1}, OpenApiParameter.PATH)
_MOVIE = "(?P<movie>[0-9]{1,18})"


class StartViewSet(ShowsMovies, StrictQuery, viewsets.ViewSet):
    """From nothing to a first list: groups to pick, favourites to name, movies to rate."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=StartSerializer)
    def list(self, request: Request) -> Response:
        """Where you stand, and the groups to pick from."""
        return Response(self._progress())

    @extend_schema(request=PickSerializer, responses=StartSerializer)
    @action(detail=False, methods=["put"])
    def groups(self, request: Request) -> Response:
        """Pick groups. Your list follows at once, and your ratings take over as they come in."""
        wanted = PickSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        answers.pick_groups(request.user, wanted.validated_data["groups"])
        return Response(self._progress())

    @extend_schema(responses=QuestionsSerializer)
    @action(detail=False, query_serializer=QuestionsQuerySerializer)
    def questions(self, request: Request) -> Response:
        """The movies to ask about next: what would teach most, of what you have likely seen.

        Without predicted stars: a number in sight pulls the answer towards it.
        """
        ids = next_movies(request.user, self.query()["n"])
        found = self.movies_by_id(ids, predicted={}, movies=Movie.objects)
        return Response(whole_list([found[pk] for pk in ids if pk in found]))

    @extend_schema(parameters=[MOVIE], request=None, responses=StartSerializer)
    @action(detail=False, methods=["put"], url_path=f"favourites/{_MOVIE}")
    def favourite(self, request: Request, movie: str) -> Response:
        """Name a favourite: it steers your list, never the predicted stars, and counts as seen."""
        try:
            answers.add_favourite(request.user, self._movie(movie))
        except TooManyAnswers as error:
            raise ValidationError(str(error), code="too_many_answers") from error
        except IntegrityError as error:
            raise NotFound from error
        return Response(self._progress())

    @extend_schema(parameters=[MOVIE], request=None, responses={204: None})
    @favourite.mapping.delete
    def remove_favourite(self, request: Request, movie: str) -> Response:
        """Remove a favourite."""
        answers.remove_favourite(request.user, self._movie(movie))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(parameters=[MOVIE], request=None, responses={204: None})
    @action(detail=False, methods=["put"], url_path=f"unseen/{_MOVIE}")
    def unseen(self, request: Request, movie: str) -> Response:
        """Say that you have not seen it: it will not be asked about again."""
        try:
            answers.mark_unseen(request.user, self._movie(movie))
        except IntegrityError as error:
            raise NotFound from error
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(parameters=[MOVIE], request=None, responses={204: None})
    @unseen.mapping.delete
    def seen_after_all(self, request: Request, movie: str) -> Response:
        """Take that back."""
        answers.unmark_unseen(request.user, self._movie(movie))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _movie(self, movie_id: str) -> Movie:
        return get_object_or_404(Movie.objects.only("title", "year"), pk=movie_id)

    def _progress(self) -> dict[str, Any]:
        user = self.request.user
        given = onboarding_answers_of(user)
        groups = groups_to_pick(user, given)
        wanted = [*(pk for group in groups for pk in group.movie_ids), *given.favourites]
        found = self.movies_by_id(wanted, movies=Movie.objects)
        shown = [(group, [found[pk] for pk in group.movie_ids if pk in found]) for group in groups]
        return {
            "n_ratings": Rating.objects.of(user).count(),
            "enough": ENOUGH,
            "groups": [
                {
                    "name": group.name.text(movies[0]["title"]),
                    "movies": movies,
                    "picked": group.picked,
                }
                for group, movies in shown
                if movies
            ],
            "favourites": [found[pk] for pk in given.favourites if pk in found],
        }
