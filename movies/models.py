"""What exists, and what people said about it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.core.validators import MaxValueValidator, MinLengthValidator, MinValueValidator
from django.db import models
from django.db.models import F
from django.db.models.functions import Coalesce
from django.db.models.query import ModelIterable
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from movies import genre_rows
from movies.genre_names import genre_label
from movies.lists.models import ListEntry, MovieList  # noqa: F401
from movies.stars import HALF_STARS_MAX, HALF_STARS_MIN, to_half_stars, to_stars
from movies.titles import title_key

if TYPE_CHECKING:
    from accounts.models import User

EARLIEST_YEAR, LATEST_YEAR = 1870, 2200

# A movie's average is damped towards a middling rating, as if this many people had given it.
# Both are constants, so that a movie's damped average moves with its own ratings only.
DAMPING_RATINGS = 10
DAMPING_HALF_STARS = 7


class Genre(models.Model):
    name = models.CharField(_("name"), max_length=60, unique=True)
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
        """What a poster with its caption needs, without the long texts."""
        return self.defer("description", "original_title", "added_at").with_genres()

    def with_genres(self) -> Self:
        """As `prefetch_related("genres")`, but in the same query."""
        return self.annotate(**{genre_rows.ATTRIBUTE: genre_rows.GenreRows()})

    def _fetch_all(self) -> None:
        is_new = self._result_cache is None
        super()._fetch_all()
        has_genres = genre_rows.ATTRIBUTE in self.query.annotation_select
        if is_new and has_genres and issubclass(self._iterable_class, ModelIterable):
            genre_rows.unpack(self._result_cache)

    def in_genre(self, slug: str) -> Self:
        return self.filter(genres__slug=slug)

    def of_decade(self, first_year: int) -> Self:
        return self.filter(year__gte=first_year, year__lt=first_year + 10)

    def of_length(self, from_minutes: int, below: int | None) -> Self:
        longer = self.filter(runtime__gte=from_minutes)
        return longer if below is None else longer.filter(runtime__lt=below)

    def unrated_by(self, user: User) -> Self:
        own = Rating.objects.filter(user=user, movie=models.OuterRef("pk"))
        return self.exclude(models.Exists(own))

    def not_excluded_for(self, user: User) -> Self:
        """Without what this person rated, hid or has seen: what a list may show."""
        put_away = Mark.objects.excluding_from_lists().filter(
            user=user, movie=models.OuterRef("pk")
        )
        return self.unrated_by(user).exclude(models.Exists(put_away))

    def best_loved(self) -> Self:
        return self.order_by("-damped_average", "-n_ratings", "pk")

    def most_rated(self) -> Self:
        return self.order_by("-n_ratings", "pk")

    def newest(self) -> Self:
        return self.order_by("-sort_year", "title_key", "pk")

    def by_title(self) -> Self:
        return self.order_by("title_key", "sort_year", "pk")


class Movie(models.Model):
    title = models.CharField(_("title"), max_length=300, validators=[MinLengthValidator(1)])
    original_title = models.CharField(_("original title"), max_length=300, blank=True)
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

    # Numbers shared by MovieLens 1M and all later sets.
    movielens_id = models.PositiveIntegerField(
        _("MovieLens id"), null=True, blank=True, unique=True
    )
    # "ml-100k:50": the name in a data set that numbers its movies in its own way.
    catalogue_key = models.CharField(
        _("data set key"), max_length=100, null=True, blank=True, unique=True, default=None
    )
    imdb_id = models.CharField(_("IMDb id"), max_length=12, blank=True, db_index=True)
    # Two movies of MovieLens latest-small share one: not unique in real data.
    tmdb_id = models.PositiveIntegerField(_("TMDB id"), null=True, blank=True, db_index=True)

    # Name of an uploaded poster's files (movies/poster_files.py); '' where the drawn one shows.
    poster_file = models.CharField(
        _("poster"), max_length=40, blank=True, editable=False, default="", db_default=""
    )

    title_key = models.CharField(max_length=700, editable=False)

    # Kept right by triggers on the ratings (movies/triggers.py), never written from Python.
    n_ratings = models.PositiveIntegerField(_("ratings"), default=0, editable=False, db_default=0)
    half_star_sum = models.PositiveBigIntegerField(default=0, editable=False, db_default=0)
    damped_average = models.GeneratedField(
        expression=models.Case(
            models.When(n_ratings=0, then=models.Value(0.0)),
            default=(F("half_star_sum") + models.Value(1.0 * DAMPING_RATINGS * DAMPING_HALF_STARS))
            / (models.Value(2.0) * (F("n_ratings") + models.Value(DAMPING_RATINGS))),
            output_field=models.FloatField(),
        ),
        output_field=models.FloatField(),
        db_persist=True,
    )
    # Sorts the same on every database, which NULL does not.
    sort_year = models.GeneratedField(
        expression=Coalesce("year", 0),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )

    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    objects = MovieQuerySet.as_manager()

    KEPT_BY_TRIGGERS = frozenset({"n_ratings", "half_star_sum"})
    # Changed apart from the rest, by whoever hangs a poster.
    KEPT_APART = KEPT_BY_TRIGGERS | {"poster_file"}

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
        ]
        indexes = [
            models.Index(
                fields=["-damped_average", "-n_ratings", "id"], name="movies_movie_best_loved"
            ),
            models.Index(fields=["-n_ratings", "id"], name="movies_movie_most_rated"),
            models.Index(fields=["-sort_year", "title_key", "id"], name="movies_movie_newest"),
            models.Index(fields=["title_key", "sort_year", "id"], name="movies_movie_by_title"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.year})" if self.year else self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save what people edit; the stored counts belong to the triggers.

        Django writes every column of a changed row. Ratings given between the loading of an admin
        form and its saving would be written over.
        """
        self.title_key = title_key(self.title, self.original_title)
        if not self._state.adding and kwargs.get("update_fields") is None:
            kwargs["update_fields"] = [
                field.name
                for field in self._meta.concrete_fields
                if not field.primary_key
                and not field.generated
                and field.name not in self.KEPT_APART
                and field.attname in self.__dict__
            ]
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("movies:detail", kwargs={"pk": self.pk, "slug": self.slug})

    @property
    def slug(self) -> str:
        return slugify(self.title, allow_unicode=True)[:80].strip("-") or "movie"

    @property
    def average(self) -> float | None:
        """Plain mean in stars; None without ratings."""
        return self.half_star_sum / self.n_ratings / 2 if self.n_ratings else None

    @cached_property
    def genre_list(self) -> list[Genre]:
        """By name; of a movie of `with_genres` without asking the database."""
        return list(self.genres.all())

    @property
    def decade(self) -> int | None:
        return self.year // 10 * 10 if self.year else None


class RatingQuerySet(models.QuerySet["Rating"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)

    def newest_first(self) -> Self:
        return self.order_by("-rated_at", "-pk")

    def rate(
        self,
        user: User,
        movie: Movie,
        stars: float,
        *,
        prediction_shown: bool = False,
        rated_at: datetime | None = None,
    ) -> Rating:
        """Say that `user` gives `movie` that many stars: one upsert, safe to repeat.

        `rated_at` is for putting back what was there before (undo); a changed rating keeps the
        moment it was first given.

        Raises:
            ValueError: `stars` is not one of 0.5, 1.0 ... 5.0.
        """
        now = timezone.now()
        rating = Rating(
            user=user,
            movie=movie,
            half_stars=to_half_stars(stars),
            rated_at=rated_at or now,
            updated_at=now,
            prediction_shown=prediction_shown,
        )
        self.bulk_create(
            [rating],
            update_conflicts=True,
            unique_fields=["user", "movie"],
            update_fields=["half_stars", "updated_at", "prediction_shown"],
        )
        return rating

    def unrate(self, user: User, movie: Movie) -> Rating | None:
        """Take the rating back. Returns what was there, for undo; None if nothing was."""
        rating = self.filter(user=user, movie=movie).first()
        if rating is not None:
            self.filter(pk=rating.pk).delete()
        return rating


class Rating(models.Model):
    # The unique constraint's index begins with user and serves look-ups by user.
    user = models.ForeignKey(
        "accounts.User", models.CASCADE, related_name="ratings", db_index=False
    )
    # The index that begins with movie holds the half-stars too: see Meta.
    movie = models.ForeignKey(Movie, models.CASCADE, related_name="ratings", db_index=False)
    half_stars = models.PositiveSmallIntegerField(
        _("half stars"),
        validators=[MinValueValidator(HALF_STARS_MIN), MaxValueValidator(HALF_STARS_MAX)],
    )
    rated_at = models.DateTimeField(_("rated"), default=timezone.now)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now)
    # A prediction in sight pulls the answer towards it; evaluation needs to know.
    prediction_shown = models.BooleanField(_("a prediction was visible"), default=False)

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="movies_rating_once"),
            models.CheckConstraint(
                condition=models.Q(half_stars__gte=HALF_STARS_MIN, half_stars__lte=HALF_STARS_MAX),
                name="movies_rating_on_the_grid",
                violation_error_message=_("A rating has from half a star to five stars."),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-rated_at", "-id"], name="movies_rating_newest"),
            # How a movie's ratings spread is counted from the index alone.
            models.Index(fields=["movie", "half_stars"], name="movies_rating_spread"),
        ]

    def __str__(self) -> str:
        return f"{self.movie_id}: {self.stars}"

    @property
    def stars(self) -> float:
        return to_stars(self.half_stars)


class MarkQuerySet(models.QuerySet["Mark"]):
    def add(self, user: User, movie: Movie, kind: str, created_at: datetime | None = None) -> None:
        """Set the mark, for undo at the moment it was set; setting it again changes nothing."""
        mark = Mark(user=user, movie=movie, kind=Mark.Kind(kind))
        mark.created_at = created_at or mark.created_at
        self.bulk_create([mark], ignore_conflicts=True)

    def remove(self, user: User, movie: Movie, kind: str) -> None:
        self.filter(user=user, movie=movie, kind=kind).delete()

    def excluding_from_lists(self) -> Self:
        """The marks whose movies must not come back as recommendations.

        The watchlist is among them for those who want it left out.
        """
        left_out = models.Q(kind=Mark.Kind.WATCHLIST, user__watchlist_in_lists=False)
        return self.filter(models.Q(kind__in=Mark.PUT_AWAY) | left_out)


class Mark(models.Model):
    class Kind(models.TextChoices):
        WATCHLIST = "watchlist", _("on the watchlist")
        NOT_INTERESTED = "not_interested", _("not interested")
        SEEN = "seen", _("seen, not rated")

    # Movies marked so must not come back in any list.
    PUT_AWAY = (Kind.NOT_INTERESTED, Kind.SEEN)

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="marks", db_index=False)
    movie = models.ForeignKey(Movie, models.CASCADE, related_name="marks")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    created_at = models.DateTimeField(_("marked"), default=timezone.now)

    objects = MarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "movie"], name="movies_mark_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["watchlist", "not_interested", "seen"]),
                name="movies_mark_known_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.movie_id}: {self.kind}"


class RatingChanges(models.Model):
    """How often ratings were added, changed or removed: moved by triggers, read by the refit.

    Spread over slots on PostgreSQL, so that people who rate at once do not wait for one row.
    """

    slot = models.PositiveSmallIntegerField(primary_key=True)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("rating changes")
        verbose_name_plural = _("rating changes")

    def __str__(self) -> str:
        return f"{self.slot}: {self.count}"

    @classmethod
    def total(cls) -> int:
        return cls.objects.aggregate(total=models.Sum("count"))["total"] or 0


# Found by Django as this app's; in files of their own because they are of interest to few.
from movies.catalogue_mark import CatalogueMark  # noqa: E402, F401
from movies.import_runs import ImportRun  # noqa: E402, F401
from movies.several import Step  # noqa: E402, F401
from movies.tmdb_poster import TmdbPoster  # noqa: E402, F401
