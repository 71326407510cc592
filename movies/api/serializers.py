"""Serializers of movies, ratings and marks."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from movies.models import EarlierRating, Genre, Mark, Movie, Rating
from movies.posters.files import poster_url
from movies.stars import STEPS, to_half_stars
from movies.watching.serializers import WhereSerializer

STARS = {"type": "number", "minimum": STEPS[0], "maximum": STEPS[-1], "multipleOf": 0.5}


@extend_schema_field(STARS)
class StarsField(serializers.Field):
    """Stars on the half-star grid, as a JSON number: "4" and true are rejected."""

    default_error_messages = {
        "invalid": "A rating is one of 0.5, 1.0, 1.5 ... 5.0 stars, as a number."
    }

    def to_internal_value(self, data: Any) -> float:
        if not isinstance(data, int | float):
            self.fail("invalid")
        try:
            return to_half_stars(data) / 2
        except ValueError:
            self.fail("invalid")

    def to_representation(self, value: float) -> float:
        return value


class GenreSerializer(serializers.ModelSerializer):
    class Meta:
        model = Genre
        fields = ["name", "slug"]
        read_only_fields = fields


class MovieCardSerializer(serializers.ModelSerializer):
    """The short form of a movie, nested in other objects."""

    url = serializers.SerializerMethodField(help_text="The movie's page on this site.")

    class Meta:
        model = Movie
        fields = ["id", "title", "year", "url"]
        read_only_fields = fields

    def get_url(self, movie: Movie) -> str:
        return self._site + movie.get_absolute_url()

    @property
    def _site(self) -> str:
        """Scheme and host of URLs, built once per response."""
        site = self.context.get("site")
        if site is None:
            site = self.context["request"].build_absolute_uri("/").rstrip("/")
            self.context["site"] = site
        return site


class ChoiceSerializer(serializers.Serializer):
    value = serializers.CharField(help_text="To be sent for this choice.")
    label = serializers.CharField()
    n = serializers.IntegerField(help_text="Movies with this choice and those made already.")
    chosen = serializers.BooleanField(source="on")


class FacetSerializer(serializers.Serializer):
    key = serializers.CharField(help_text="The filter that takes these choices.")
    label = serializers.CharField()
    choices = ChoiceSerializer(many=True)


class FacetsSerializer(serializers.Serializer):
    """Facets with the counts of their choices; those with a single choice are left out."""

    n = serializers.IntegerField(help_text="Movies that the choices made leave.")
    facets = FacetSerializer(many=True)


class MovieSerializer(MovieCardSerializer):
    """A movie with your rating and your predicted rating."""

    # The context has `my_ratings` and `predicted`: stars by movie id, for all movies of a page.
    # Predicted stars may have `spread`, `low` and `high`.

    genres = serializers.SerializerMethodField()
    poster = serializers.SerializerMethodField(
        help_text="A picture, two by three: WebP where there is one, else SVG, drawn by this site."
    )
    n_ratings = serializers.IntegerField(
        source="shown_count",
        help_text="How many ratings `average` is of; 0 while too few people rated.",
    )
    average = serializers.SerializerMethodField(
        help_text="Mean stars; null while too few people rated. It changes only with the ratings "
        "of several people, so that nobody can read off a single one."
    )
    my_rating = serializers.SerializerMethodField(help_text="Your stars; null when unrated.")
    predicted = serializers.SerializerMethodField(
        help_text="The stars you would probably give; null when nobody can say."
    )
    spread = serializers.SerializerMethodField(
        help_text="Standard deviation of your rating around `predicted`, in stars."
    )
    interval_80 = serializers.SerializerMethodField(
        help_text="From and to: eight of ten such ratings lie between these stars."
    )

    class Meta:
        model = Movie
        fields = [
            "id",
            "title",
            "original_title",
            "year",
            "genres",
            "runtime",
            "description",
            "movielens_id",
            "imdb_id",
            "tmdb_id",
            "url",
            "poster",
            "n_ratings",
            "average",
            "my_rating",
            "predicted",
            "spread",
            "interval_80",
        ]
        read_only_fields = fields

    @extend_schema_field(GenreSerializer(many=True))
    def get_genres(self, movie: Movie) -> list[dict[str, str]]:
        return [{"name": genre.name, "slug": genre.slug} for genre in movie.genre_list]

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_poster(self, movie: Movie) -> str:
        return self._site + poster_url(movie)

    def get_average(self, movie: Movie) -> float | None:
        return None if movie.average is None else round(movie.average, 2)

    @extend_schema_field({**STARS, "nullable": True})
    def get_my_rating(self, movie: Movie) -> float | None:
        return self.context["my_ratings"].get(movie.pk)

    def get_predicted(self, movie: Movie) -> float | None:
        stars = self.context["predicted"].get(movie.pk)
        return None if stars is None else round(stars, 2)

    def get_spread(self, movie: Movie) -> float | None:
        spread = getattr(self.context["predicted"].get(movie.pk), "spread", None)
        return None if spread is None else round(spread, 2)

    @extend_schema_field({"type": "array", "items": {"type": "number"}, "nullable": True})
    def get_interval_80(self, movie: Movie) -> list[float] | None:
        stars = self.context["predicted"].get(movie.pk)
        if getattr(stars, "spread", None) is None:
            return None
        return [round(stars.low, 2), round(stars.high, 2)]


class MovieWithWhereSerializer(MovieSerializer):
    """A movie, and where to watch it."""

    where = WhereSerializer()

    class Meta(MovieSerializer.Meta):
        fields = [*MovieSerializer.Meta.fields, "where"]
        read_only_fields = fields


class RatingSerializer(serializers.ModelSerializer):
    """One of your ratings."""

    movie = MovieCardSerializer(read_only=True)
    stars = StarsField(read_only=True)

    class Meta:
        model = Rating
        fields = ["movie", "stars", "rated_at", "updated_at", "prediction_shown"]
        read_only_fields = fields


class EarlierRatingSerializer(serializers.ModelSerializer):
    """Stars that you changed or removed."""

    movie = MovieCardSerializer(read_only=True)
    stars = StarsField(read_only=True)

    class Meta:
        model = EarlierRating
        fields = ["movie", "stars", "rated_at", "replaced_at"]
        read_only_fields = fields


class RateSerializer(serializers.Serializer):
    """The body of a PUT; user and movie are known from the request."""

    stars = StarsField()
    prediction_shown = serializers.BooleanField(
        default=False, help_text="A predicted rating was in sight when this one was given."
    )


class MarkSerializer(serializers.ModelSerializer):
    movie = MovieCardSerializer(read_only=True)

    class Meta:
        model = Mark
        fields = ["movie", "kind", "created_at"]
        read_only_fields = fields
