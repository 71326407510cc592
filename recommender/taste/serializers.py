"""The taste endpoint of the API."""

from typing import Any

from rest_framework import serializers

from movies.api.movie_object import MovieSerializer
from recommender.taste.report import TasteReport
from recommender.taste.surprises import PredictionErrors

SHARE = "0 to 1"


class StepSerializer(serializers.Serializer):
    stars = serializers.FloatField()
    n = serializers.IntegerField(help_text="How often you gave them.")
    share = serializers.FloatField(help_text=f"Of your ratings, {SHARE}.")
    everyone = serializers.FloatField(
        allow_null=True, help_text=f"Of all ratings at the last refit, {SHARE}."
    )


class HabitSerializer(serializers.Serializer):
    value = serializers.FloatField(help_text="Stars.")
    n = serializers.IntegerField(help_text="Ratings that can be compared with others'.")
    below = serializers.FloatField(
        allow_null=True,
        help_text=f"Part of the members with a lower value, {SHARE}; null on a site of few people.",
    )


class LeaningSerializer(serializers.Serializer):
    name = serializers.CharField()
    key = serializers.CharField(help_text="Slug of the genre, or first year of the decade.")
    n = serializers.IntegerField()
    mean = serializers.FloatField(help_text="Your mean stars.")
    n_compared = serializers.IntegerField(help_text="Ratings with at least five others'.")
    others = serializers.FloatField(
        allow_null=True, help_text="The others' mean of the compared movies."
    )
    lean = serializers.FloatField(
        allow_null=True,
        help_text="Stars above your usual distance from the others, damped by five ratings that "
        "show none; null for fewer than three that can be compared.",
    )


class RatedSerializer(serializers.Serializer):
    movie = MovieSerializer()
    stars = serializers.FloatField()
    others = serializers.FloatField()
    n_others = serializers.IntegerField()


class PeriodSerializer(serializers.Serializer):
    first = serializers.DateField(help_text="First day of the month or year.")
    is_month = serializers.BooleanField()
    n = serializers.IntegerField()


class FiguresSerializer(serializers.Serializer):
    n = serializers.IntegerField()
    mean = serializers.FloatField(allow_null=True)
    everyones_mean = serializers.FloatField(allow_null=True)
    distribution = StepSerializer(many=True)
    generosity = HabitSerializer(
        allow_null=True, help_text="Your stars less the others' mean of the same movies."
    )
    distance = HabitSerializer(allow_null=True, help_text="The same without its sign.")
    genres = LeaningSerializer(many=True, help_text="The strongest liking first.")
    decades = LeaningSerializer(many=True)
    contrarian = RatedSerializer(many=True, help_text="Furthest from the others first.")
    periods = PeriodSerializer(many=True)


class StandingSerializer(serializers.Serializer):
    place = serializers.FloatField(
        help_text="In deviations of the site's people; 0 is the mean person."
    )
    uncertainty = serializers.FloatField(help_text="One deviation of what your ratings leave open.")
    stars = serializers.FloatField(
        help_text="More than the mean person, for a movie one deviation towards `high`."
    )
    below = serializers.FloatField(
        allow_null=True, help_text=f"Part of the people further towards `low`, {SHARE}."
    )


class AxisSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    share = serializers.FloatField(help_text=f"Of all differences between movies, {SHARE}.")
    low_name = serializers.CharField(
        source="name.low", help_text="What the movies at this end are like, in your language."
    )
    high_name = serializers.CharField(source="name.high")
    low = MovieSerializer(many=True, help_text="The furthest out first.")
    high = MovieSerializer(many=True)
    standing = StandingSerializer(allow_null=True, help_text="null before your first rating.")


class PlacedMovieSerializer(serializers.Serializer):
    movie = MovieSerializer()
    places = serializers.ListField(
        child=serializers.FloatField(), help_text="Along each axis, in deviations of the movies."
    )


class SurpriseSerializer(serializers.Serializer):
    movie = MovieSerializer()
    predicted = serializers.FloatField()
    stars = serializers.FloatField()


class SaidSerializer(serializers.Serializer):
    n = serializers.IntegerField()
    mean_error = serializers.FloatField(help_text="Stars, absolute.")
    n_shown = serializers.IntegerField(help_text="With the prediction visible.")
    n_hidden = serializers.IntegerField()
    hidden_error = serializers.FloatField(allow_null=True)
    surprises = SurpriseSerializer(many=True, help_text="The furthest off first.")


class TasteSerializer(serializers.Serializer):
    run = serializers.IntegerField(
        allow_null=True, help_text="The training run that the axes are of; null without a map."
    )
    figures = FiguresSerializer()
    axes = AxisSerializer(many=True)
    map = PlacedMovieSerializer(many=True, help_text="The best known movies, the best known first.")
    said = SaidSerializer(allow_null=True, help_text="null while nothing was predicted to you.")


def movie_ids_of(report: TasteReport, errors: PredictionErrors | None) -> list[int]:
    """The movies that the answer has."""
    movies = [
        *(one.movie for one in report.figures.contrarian),
        *(movie for axis in report.axes for movie in (*axis.low, *axis.high)),
        *(movie for movie, _places in report.placed_movies()),
        *(one.movie for one in (errors.surprises if errors else ())),
    ]
    return [movie.pk for movie in movies]


def represent(
    report: TasteReport, errors: PredictionErrors | None, context: dict[str, Any]
) -> dict[str, Any]:
    """The JSON of the endpoint. context: as `ShowsMovies.with_movies` makes it."""
    data = {
        "run": report.movie_map.run_id if report.movie_map else None,
        "figures": report.figures,
        "axes": report.axes,
        "map": [{"movie": movie, "places": places} for movie, places in report.placed_movies()],
        "said": errors,
    }
    return TasteSerializer(data, context=context).data
