"""How viewsets serialize movies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from movies.api.people import details_of
from movies.api.serializers import MovieDetailSerializer, MovieSerializer
from movies.models import Movie, Rating
from movies.stars import to_stars
from movies.watching.where import as_data, where_to_watch


class RepresentsMovies:
    """Serializes movies for the requesting user, in a constant number of queries."""

    def represent(
        self, movies: Sequence[Movie], predicted: Mapping[int, float] | None = None
    ) -> list[dict[str, Any]]:
        """The serialized movies; pass `predicted` if the predictions are known already."""
        context = self._context([movie.pk for movie in movies], predicted)
        return MovieSerializer(movies, many=True, context=context).data

    def represent_in_full(self, movie: Movie) -> dict[str, Any]:
        """The serialized movie with all of its facts."""
        context = {
            **self._context([movie.pk], None),
            **details_of(movie),
            "where": as_data(where_to_watch(movie, self.request.user)),
        }
        return MovieDetailSerializer(movie, context=context).data

    def _context(self, ids: Sequence[int], predicted: Mapping[int, float] | None) -> dict[str, Any]:
        return {
            **self.get_serializer_context(),
            "my_ratings": self.my_ratings(ids),
            "predicted": self.predict(ids) if predicted is None else predicted,
        }

    def my_ratings(self, movie_ids: Sequence[int]) -> dict[int, float]:
        if not self.request.user.is_authenticated:
            return {}
        own = Rating.objects.of(self.request.user).filter(movie__in=movie_ids)
        return {pk: to_stars(half) for pk, half in own.values_list("movie_id", "half_stars")}

    def predict(self, movie_ids: Sequence[int]) -> dict[int, float]:
        """Predicted stars by movie id; none unless overridden."""
        return {}
