"""People of the movies: search, one person, and their movies."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from cfsite.lib.api.paging import AfterId
from cfsite.lib.api.strict import QuerySerializer, StrictQuery
from cfsite.lib.web.caching import PublicForVisitors
from movies.api.movie_object import MovieSerializer
from movies.api.people import PersonSerializer
from movies.api.representation import ShowsMovies
from movies.models import Credit, Movie, Person
from movies.search import index as catalogue_index
from movies.search import people
from movies.search.search import LONGEST_QUERY, words_of


class ArtistsQuerySerializer(QuerySerializer):
    q = serializers.CharField(
        max_length=LONGEST_QUERY,
        required=False,
        help_text="Words of the name, or the beginning of its last one.",
    )


class RoleSerializer(serializers.Serializer):
    role = serializers.ChoiceField(Credit.Role.choices)
    character = serializers.CharField(allow_null=True)


class CreditedMovieSerializer(serializers.Serializer):
    movie = MovieSerializer()
    roles = RoleSerializer(many=True, help_text="What the person did in the movie.")


class ArtistViewSet(ShowsMovies, PublicForVisitors, StrictQuery, viewsets.ReadOnlyModelViewSet):
    """Directors, writers and actors."""

    queryset = Person.objects.order_by("pk")
    serializer_class = PersonSerializer
    permission_classes = [AllowAny]
    filter_backends: list = []
    # Longer numbers cannot be database ids.
    lookup_value_regex = "[0-9]{1,18}"

    def get_query_serializer_class(self) -> type[serializers.Serializer] | None:
        return ArtistsQuerySerializer if self.action == "list" else None

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """People with movies in the catalogue, best known first."""
        q = self.query().get("q", "")
        catalogue_index.current()  # so that the index of people is as new as the catalogue
        known = people.current()
        places = known.ranked(words_of(q)) if q else known.best_known
        places = self.paginate_queryset(AfterId(places, lambda one: known.id_and_movies(one)[0]))
        n_movies = dict(known.id_and_movies(place) for place in places)
        by_id = Person.objects.in_bulk(list(n_movies))
        found = [by_id[pk] for pk in n_movies if pk in by_id]
        context = {**self.get_serializer_context(), "n_movies": n_movies}
        return self.get_paginated_response(PersonSerializer(found, many=True, context=context).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One person."""
        person = get_object_or_404(Person, pk=kwargs["pk"])
        n_movies = {person.pk: Movie.objects.with_person(person.pk).count()}
        context = {**self.get_serializer_context(), "n_movies": n_movies}
        return Response(PersonSerializer(person, context=context).data)

    @extend_schema(responses=CreditedMovieSerializer(many=True))
    @action(detail=True)
    def movies(self, request: Request, pk: str) -> Response:
        """Their movies, newest first."""
        person = get_object_or_404(Person.objects.only("pk"), pk=pk)
        movies = Movie.objects.with_person(person.pk).newest().for_api()
        page = self.paginate_queryset(movies)
        roles: dict[int, list[dict[str, Any]]] = defaultdict(list)
        rows = Credit.objects.filter(person=person, movie__in=page).order_by("role", "position")
        for movie_id, role, character in rows.values_list("movie_id", "role", "character"):
            roles[movie_id].append({"role": role, "character": character or None})
        return self.get_paginated_response(
            [{"movie": movie, "roles": roles[movie["id"]]} for movie in self.represent(page)]
        )
