"""What the API says of movies, ratings and marks, and what it takes."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from movies.models import Genre, Mark, Movie, Rating
from movies.movie_page.histogram import FEWEST_RATINGS
from movies.posters.files import poster_url
from movies.stars import STEPS, to_half_stars

STARS = {"type": "number", "minimum": STEPS[0], "maximum": STEPS[-1], "multipleOf": 0.5}


@extend_schema_field(STARS)
class StarsField(serializers.Field):
    """Stars on the half-star grid; a JSON number, since "4" and true are no ratings."""

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
    """A movie inside something else."""

    url = serializers.SerializerMethodField(help_text="The movie's page on this site.")

    class Meta:
        model = Movie
        fields = ["id", "title", "year", "url"]
        read_only_fields = fields

    def get_url(self, movie: Movie) -> str:
        return self._site + movie.get_absolute_url()

    @property
    def _site(self) -> str:
        """The site's own part of addresses, once for all movies of an answer."""
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
    """Counts beside choices; a facet with a single choice is left out."""

    n = serializers.IntegerField(help_text="Movies that the choices made leave.")
    facets = FacetSerializer(many=True)


class MovieSerializer(MovieCardSerializer):
    """A movie, and what it is to whoever asks."""

    # The context brings `my_ratings` and `predicted`, both stars by movie id: one query for all
    # the movies of a page. Predicted stars may carry `spread`, `low` and `high`.

    genres = serializers.SerializerMethodField()
    poster = serializers.SerializerMethodField(
        help_text="A picture, two by three: WebP where there is one, else SVG, drawn by this site."
    )
    average = serializers.SerializerMethodField(
        help_text=f"Mean stars; null with fewer than {FEWEST_RATINGS} ratings."
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

    def to_representation(self, movie: Movie) -> dict[str, Any]:
        """As REST framework's own, whose machinery takes a quarter of the time of a list.

        Every field is one of the movie's that JSON knows as it is, or has its method here.
        """
        shown = {}
        for name in self.Meta.fields:
            read = getattr(self, f"get_{name}", None)
            shown[name] = getattr(movie, name) if read is None else read(movie)
        return shown

    @extend_schema_field(GenreSerializer(many=True))
    def get_genres(self, movie: Movie) -> list[dict[str, str]]:
        return [{"name": genre.name, "slug": genre.slug} for genre in movie.genre_list]

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_poster(self, movie: Movie) -> str:
        return self._site + poster_url(movie)

    def get_average(self, movie: Movie) -> float | None:
        if movie.n_ratings < FEWEST_RATINGS:
            return None
        return round(movie.average, 2)

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


class RatingSerializer(serializers.ModelSerializer):
    """One rating of the person who asks."""

    movie = MovieCardSerializer(read_only=True)
    stars = StarsField(read_only=True)

    class Meta:
        model = Rating
        fields = ["movie", "stars", "rated_at", "updated_at", "prediction_shown"]
        read_only_fields = fields


class RateSerializer(serializers.Serializer):
    """What a client may say of a rating; whose it is and of what, the address says."""

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
