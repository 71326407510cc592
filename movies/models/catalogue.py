"""Movies and their genres."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.validators import (
    MaxValueValidator,
    MinLengthValidator,
    MinValueValidator,
    RegexValidator,
)
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from cfsite.lib.text import OneLineField
from movies.genres import genre_label
from movies.json_rows import DirectorRows, GenreRows
from movies.models.marks import Mark
from movies.models.people import Credit
from movies.models.ratings import Rating
from movies.models.viewings import Viewing
from movies.titles import title_key

if TYPE_CHECKING:
    from accounts.models import User


EARLIEST_YEAR, LATEST_YEAR = 1870, 2200
# A movie's damped average counts this many ratings of so many half stars besides its own. Both are
# constants, so that it changes only with ratings of that movie.
DAMPING_RATINGS = 10
DAMPING_HALF_STARS = 7

NOT_ON_CARDS = (
    "original_title",
    "added_at",
    "half_star_sum",
    "published_spread",
    "damped_average",
    "sort_year",
    "title_key",
    "catalogue_key",
    "countries",
    "languages",
    "wikidata_id",
    "fact_sources",
    "retired_at",
    "merged_into",
)
NOT_IN_API = (
    "added_at",
    "half_star_sum",
    "published_spread",
    "published_at",
    "damped_average",
    "sort_year",
    "title_key",
    "catalogue_key",
    "fact_sources",
    "retired_at",
    "merged_into",
)
CODES = RegexValidator(r"^[A-Za-z]{2,3}( [A-Za-z]{2,3})*$", _("Codes separated by spaces."))


@lru_cache(maxsize=8192)
def _slug_of(title: str) -> str:
    return slugify(title, allow_unicode=True)[:80].strip("-") or "movie"


class Genre(models.Model):
    name = OneLineField(_("name"), max_length=60, unique=True)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("genre")
        verbose_name_plural = _("genres")

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return genre_label(self.name)


class MovieQuerySet(models.QuerySet["Movie"]):
    def for_cards(self) -> Self:
        """The fields that a poster with its caption shows."""
        return self.defer(*NOT_ON_CARDS).with_genres()

    def with_genres(self) -> Self:
        """With the genres for `Movie.genre_list`, in the same query."""
        return self.annotate(genre_rows=GenreRows())

    def with_directors(self) -> Self:
        """With the people for `Movie.directors`, in the same query."""
        return self.annotate(director_rows=DirectorRows())

    def for_api(self) -> Self:
        """With everything that the API says of a movie in a list."""
        return self.defer(*NOT_IN_API).with_genres().with_directors()

    def retired(self) -> Self:
        """Retired by hand, not merged."""
        return self.filter(retired_at__isnull=False, merged_into=None)

    def retire(self) -> int:
        """Take out of lists, search and recommendations; returns how many."""
        return self.filter(retired_at=None).update(retired_at=timezone.now())

    def bring_back(self) -> int:
        """Undo `retire`; merged movies stay retired."""
        return self.retired().update(retired_at=None)

    def used_by(self, user: User) -> Self:
        """Rated, watched or marked by this user."""
        own = {"user": user, "movie": models.OuterRef("pk")}
        kinds = (Rating.objects, Viewing.objects, Mark.objects)
        rated, watched, marked = (models.Exists(kind.filter(**own)) for kind in kinds)
        return self.filter(rated | watched | marked)

    def survivors(self, movie_ids: Collection[int]) -> dict[int, int]:
        """For those of these movies that exist, the movie that each was merged into, or itself."""
        rows = self.filter(pk__in=movie_ids).values_list("pk", "merged_into")
        return {pk: survivor or pk for pk, survivor in rows}

    def in_genre(self, slug: str) -> Self:
        return self.filter(genres__slug=slug)

    def of_decade(self, first_year: int) -> Self:
        return self.filter(year__gte=first_year, year__lt=first_year + 10)

    def of_length(self, from_minutes: int, below: int | None) -> Self:
        longer = self.filter(runtime__gte=from_minutes)
        return longer if below is None else longer.filter(runtime__lt=below)

    def of_country(self, code: str) -> Self:
        return self._with_code("countries", code)

    def of_language(self, code: str) -> Self:
        return self._with_code("languages", code)

    def _with_code(self, field: str, code: str) -> Self:
        padded = Concat(Value(" "), F(field), Value(" "))
        return self.alias(**{f"padded_{field}": padded}).filter(
            **{f"padded_{field}__contains": f" {code} "}
        )

    def with_person(self, person_id: int) -> Self:
        """Movies that this person directed, wrote or acted in."""
        credits = Credit.objects.filter(movie=models.OuterRef("pk"), person=person_id)
        return self.filter(models.Exists(credits))

    def unrated_by(self, user: User) -> Self:
        own = Rating.objects.filter(user=user, movie=models.OuterRef("pk"))
        return self.exclude(models.Exists(own))

    def not_excluded_for(self, user: User) -> Self:
        """Movies that lists of recommendations may show: not rated, hidden or watched."""
        own = {"user": user, "movie": models.OuterRef("pk")}
        excluding = Mark.objects.excluding_from_lists().filter(**own)
        viewings = Viewing.objects.filter(**own)
        return self.unrated_by(user).exclude(models.Exists(excluding) | models.Exists(viewings))

    def best_loved(self) -> Self:
        return self.order_by("-damped_average", "-published_count", "pk")

    def most_rated(self) -> Self:
        return self.order_by("-n_ratings", "pk")

    def most_published(self) -> Self:
        """Most rated first, as published: this order moves with the published figures alone."""
        return self.order_by("-published_count", "pk")

    def newest(self) -> Self:
        return self.order_by("-sort_year", "title_key", "pk")

    def by_title(self) -> Self:
        return self.order_by("title_key", "sort_year", "pk")


class MovieManager(models.Manager.from_queryset(MovieQuerySet)):
    """The movies of the catalogue: all but retired and merged ones."""

    def get_queryset(self) -> MovieQuerySet:
        return super().get_queryset().filter(retired_at=None)


class Movie(models.Model):
    title = OneLineField(_("title"), max_length=300, validators=[MinLengthValidator(1)])
    original_title = OneLineField(_("original title"), max_length=300, blank=True)
    year = models.PositiveSmallIntegerField(
        _("year"),
        null=True,
        blank=True,
        validators=[MinValueValidator(EARLIEST_YEAR), MaxValueValidator(LATEST_YEAR)],
    )
    genres = models.ManyToManyField(
        Genre, verbose_name=_("genres"), related_name="movies", blank=True
    )
    description = models.TextField(_("description"), max_length=5000, blank=True)
    runtime = models.PositiveSmallIntegerField(_("runtime in minutes"), null=True, blank=True)
    # "US GB" (ISO 3166-1) and "en fr" (ISO 639-1), the main one first.
    countries = models.CharField(
        _("countries"), max_length=120, blank=True, validators=[CODES], db_default=""
    )
    languages = models.CharField(
        _("languages"), max_length=120, blank=True, validators=[CODES], db_default=""
    )
    # {field, "alternative_titles", "directors", "writers" or "cast": {"source": a FactSource,
    # "at": "2026-11-30"}}; fields without an entry came with the movie.
    fact_sources = models.JSONField(default=dict, blank=True, editable=False)

    # Numbers shared by MovieLens 1M and all later sets.
    movielens_id = models.PositiveIntegerField(
        _("MovieLens ID"), null=True, blank=True, unique=True
    )
    # "ml-100k:50": the id in a data set with numbers of its own.
    catalogue_key = models.CharField(
        _("data set key"), max_length=100, null=True, blank=True, unique=True, default=None
    )
    imdb_id = models.CharField(_("IMDb ID"), max_length=12, blank=True, db_index=True)
    # Two movies of MovieLens latest-small share one: not unique in real data.
    tmdb_id = models.PositiveIntegerField(_("TMDB ID"), null=True, blank=True, db_index=True)

    wikidata_id = models.CharField(_("Wikidata ID"), max_length=16, blank=True, db_default="")

    # Name of the uploaded poster's files (movies/posters/files.py); '' if the poster is drawn.
    poster_file = models.CharField(
        _("poster"), max_length=40, blank=True, editable=False, default="", db_default=""
    )

    title_key = models.CharField(max_length=700, editable=False)

    # Maintained by triggers (movies/models/triggers/rating_counts.py), never written by Python.
    n_ratings = models.PositiveIntegerField(_("ratings"), default=0, editable=False, db_default=0)
    half_star_sum = models.PositiveBigIntegerField(default=0, editable=False, db_default=0)

    # What everybody may see of the ratings: a snapshot, taken again only when the ratings of
    # several people differ from it (movies/published_figures.py).
    published_count = models.PositiveIntegerField(default=0, editable=False, db_default=0)
    published_half_star_sum = models.PositiveBigIntegerField(
        default=0, editable=False, db_default=0
    )
    # How many gave half a star, one star ... five stars; null before the first snapshot.
    published_spread = models.JSONField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    damped_average = models.GeneratedField(
        expression=models.Case(
            models.When(published_count=0, then=models.Value(0.0)),
            default=(
                F("published_half_star_sum")
                + models.Value(1.0 * DAMPING_RATINGS * DAMPING_HALF_STARS)
            )
            / (models.Value(2.0) * (F("published_count") + models.Value(DAMPING_RATINGS))),
            output_field=models.FloatField(),
        ),
        output_field=models.FloatField(),
        db_persist=True,
    )
    # Databases disagree on where NULL sorts.
    sort_year = models.GeneratedField(
        expression=Coalesce("year", 0),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )

    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    # A retired movie is in no list, search or recommendation; whoever rated it still sees that.
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True, editable=False)
    # Set on a duplicate, which is retired then: its address leads to this movie.
    merged_into = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, editable=False, related_name="duplicates"
    )

    # What is looked up through another row (a rating's movie) ignores managers, as Django does.
    objects = MovieManager()
    everything = MovieQuerySet.as_manager()

    MAINTAINED_BY_TRIGGERS = frozenset({"n_ratings", "half_star_sum"})
    PUBLISHED = frozenset(
        {"published_count", "published_half_star_sum", "published_spread", "published_at"}
    )
    # `save` leaves these alone; uploads and TMDB write the poster on their own, and the retiring
    # and merging of movies their marks.
    NOT_SAVED = MAINTAINED_BY_TRIGGERS | PUBLISHED | {"poster_file", "retired_at", "merged_into"}

    class Meta:
        verbose_name = _("movie")
        verbose_name_plural = _("movies")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(year__isnull=True)
                | models.Q(year__gte=EARLIEST_YEAR, year__lte=LATEST_YEAR),
                name="movies_movie_year_plausible",
                violation_error_message=_("The year is out of range."),
            ),
            models.CheckConstraint(
                condition=~models.Q(title=""), name="movies_movie_title_not_empty"
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | models.Q(retired_at__isnull=False),
                name="movies_movie_merged_is_retired",
            ),
        ]
        indexes = [
            # Of the movies that lists show alone: from an index of all, a deep page would look up
            # every row before it to see whether it is retired.
            *(
                models.Index(fields=fields, name=name, condition=models.Q(retired_at=None))
                for name, fields in (
                    ("movies_movie_best_loved", ["-damped_average", "-published_count", "id"]),
                    ("movies_movie_most_rated", ["-n_ratings", "id"]),
                    ("movies_movie_most_published", ["-published_count", "id"]),
                    ("movies_movie_newest", ["-sort_year", "title_key", "id"]),
                    ("movies_movie_by_title", ["title_key", "sort_year", "id"]),
                )
            ),
            # Partial, or SQLite would find the others by it instead of in their order.
            models.Index(
                fields=["retired_at"],
                condition=models.Q(retired_at__isnull=False),
                name="movies_movie_retired",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the columns that people edit.

        By default Django writes every column, and so would overwrite the counts of ratings that
        came in between the loading of an admin form and its saving.
        """
        self.title_key = title_key(self.title, self.original_title)
        for name, write in (("countries", str.upper), ("languages", str.lower)):
            if isinstance(codes := self.__dict__.get(name), str):
                setattr(self, name, write(codes))
        if not self._state.adding and kwargs.get("update_fields") is None:
            kwargs["update_fields"] = [
                field.name
                for field in self._meta.concrete_fields
                if not field.primary_key
                and not field.generated
                and field.name not in self.NOT_SAVED
                and field.attname in self.__dict__
            ]
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("movies:detail", kwargs={"pk": self.pk, "slug": self.slug})

    def note_source(self, names: Iterable[str], source: str) -> None:
        """Set where these facts come from, as of today; the caller saves `fact_sources`."""
        entry = {"source": str(source), "at": timezone.now().date().isoformat()}
        self.fact_sources = {**self.fact_sources, **dict.fromkeys(names, entry)}

    @property
    def slug(self) -> str:
        return _slug_of(self.title)

    @property
    def shown_count(self) -> int:
        """How many ratings the published figures are of; 0 while too few people rated."""
        few = min(self.n_ratings, self.published_count) < settings.MIN_PUBLIC_RATERS
        return 0 if few else self.published_count

    @property
    def average(self) -> float | None:
        """Mean rating in stars as published, not damped; None while too few people rated."""
        return self.published_half_star_sum / self.published_count / 2 if self.shown_count else None

    @property
    def genre_names(self) -> list[str]:
        """Names of the genres, sorted, without making `Genre`s of them."""
        if "genre_rows" not in self.__dict__:
            return [genre.name for genre in self.genre_list]
        return sorted(name for _id, name, _slug in self.genre_rows or [])

    @cached_property
    def genre_list(self) -> list[Genre]:
        """Ordered by name; needs no query for movies from `with_genres()`."""
        if "genre_rows" not in self.__dict__:
            return list(self.genres.all())
        rows = self.genre_rows or []  # PostgreSQL aggregates no rows to NULL
        genres = [Genre.from_db(self._state.db, ["id", "name", "slug"], row) for row in rows]
        return sorted(genres, key=lambda genre: genre.name)

    @cached_property
    def directors(self) -> list[tuple[int, str]]:
        """Id and name of each in order of billing; no query for movies from `with_directors()`."""
        if "director_rows" not in self.__dict__:
            credits = self.credits.filter(role=Credit.Role.DIRECTOR).order_by("position", "pk")
            return list(credits.values_list("person_id", "person__name"))
        return [(person_id, name) for *_place, person_id, name in sorted(self.director_rows or [])]

    @property
    def decade(self) -> int | None:
        return self.year // 10 * 10 if self.year else None
