"""How views serialize movies: all of an answer together, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Manager
from rest_framework import serializers
from rest_framework.request import Request

from movies.api.movie_object import movie_objects
from movies.api.people import details_of
from movies.models import Movie
from movies.watching.where import as_data, where_to_watch
from recommender.serving.predictions import OwnFigures, PredictedStars, own_figures

Predicted = Mapping[int, PredictedStars]  # by movie id


class ShowsMovies:
    """Of views whose answers have movies."""

    request: Request

    def own_figures(
        self, movie_ids: Sequence[int], predicted: Predicted | None = None
    ) -> OwnFigures:
        """What the movies of an answer say about who asks."""
        return own_figures(self.request.user, movie_ids, predicted)

    def represent(
        self, movies: Sequence[Movie], predicted: Predicted | None = None
    ) -> list[dict[str, Any]]:
        """The objects of movies from `for_api()`, in order.

        predicted: stars that are known already.
        """
        own = self.own_figures([movie.pk for movie in movies], predicted)
        objects = movie_objects(self.request, movies, own)
        return [objects[movie.pk] for movie in movies]

    def represent_in_full(self, movie: Movie) -> dict[str, Any]:
        """The movie with all of its facts."""
        return {
            **self.represent([movie])[0],
            **details_of(movie),
            "where": as_data(where_to_watch(movie, self.request.user)),
        }

    def movies_by_id(
        self,
        movie_ids: Iterable[int],
        predicted: Predicted | None = None,
        movies: Manager[Movie] = Movie.everything,
    ) -> dict[int, dict[str, Any]]:
        """The objects of those of these movies that exist. Two queries.

        movies: `Movie.objects` for what is suggested, which retired movies are not.
        """
        ids = list(dict.fromkeys(movie_ids))
        if not ids:
            return {}
        found = list(movies.for_api().in_bulk(ids).values())
        return movie_objects(self.request, found, self.own_figures(ids, predicted))

    def with_movies(self, movie_ids: Iterable[int]) -> dict[str, Any]:
        """The context of serializers in which `MovieSerializer` stands for these movies."""
        return {"request": self.request, "movies": self.movies_by_id(movie_ids)}

    def represent_rows(
        self, serializer: type[serializers.Serializer], rows: Iterable[Any]
    ) -> list[dict[str, Any]]:
        """Rows that each have a `movie_id`, without those whose movie was deleted meanwhile."""
        rows = list(rows)
        context = self.with_movies(row.movie_id for row in rows)
        existing = [row for row in rows if row.movie_id in context["movies"]]
        return serializer(existing, many=True, context=context).data
