"""How viewsets serialize movies with predictions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from movies.api.representation import RepresentsMovies
from movies.models import Movie
from recommender.serving.predictions import PredictedStars, predict
from recommender.serving.recommend import Recommendations


def with_genres_and_directors(movie_ids: Sequence[int]) -> dict[int, Movie]:
    return Movie.objects.with_genres().with_directors().in_bulk(movie_ids)


def movies_in_order(movie_ids: Sequence[int]) -> list[Movie]:
    found = with_genres_and_directors(movie_ids)
    return [found[movie_id] for movie_id in movie_ids if movie_id in found]


class Predicts(RepresentsMovies):
    """Movies with the stars predicted for the user."""

    def predict(self, movie_ids: Sequence[int]) -> dict[int, PredictedStars]:
        return predict(self.request.user, movie_ids)

    def represent_recommendations(self, answer: Recommendations) -> list[dict[str, Any]]:
        """The items of a list, in order."""
        predicted = {item.movie_id: item.stars for item in answer.items if item.stars is not None}
        movies = self.represent(answer.movies, predicted)
        return [
            {"movie": movie, "stars": movie["predicted"], "score": item.score}
            for movie, item in zip(movies, answer.items, strict=True)
        ]
