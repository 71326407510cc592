"""Ratings, and the counter of their changes by which a refit becomes due."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from movies.models.rating_history import EarlierRating
from movies.models.sync import ChangeCounter
from movies.stars import HALF_STARS_MAX, HALF_STARS_MIN, to_half_stars, to_stars

if TYPE_CHECKING:
    from accounts.models import User
    from movies.models.catalogue import Movie


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
        prediction_shown: bool | None = False,
        rated_at: datetime | None = None,
    ) -> Rating:
        """Save the rating of `movie` by `user`: one upsert, safe to repeat.

        A changed rating keeps its `rated_at`. Undo passes the original one. A trigger keeps the
        stars before a change as an `EarlierRating`.

        Args:
            prediction_shown: None leaves it as it was.

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
            prediction_shown=bool(prediction_shown),
        )
        told = [] if prediction_shown is None else ["prediction_shown"]
        self.bulk_create(
            [rating],
            update_conflicts=True,
            unique_fields=["user", "movie"],
            update_fields=["half_stars", "updated_at", *told],
        )
        return rating

    def unrate(self, user: User, movie: Movie) -> Rating | None:
        """Remove the rating and keep its stars in the history.

        Returns it for undo; None if there was none.
        """
        with transaction.atomic():
            ChangeCounter.objects.lock(user)  # before the row, as everybody does
            rating = self.filter(user=user, movie=movie).first()
            if rating is not None:
                EarlierRating.objects.keep_removed([rating], timezone.now())
                self.filter(pk=rating.pk).delete()
        return rating


class Rating(models.Model):
    # The index of the unique constraint begins with user and serves lookups by user.
    user = models.ForeignKey(
        "accounts.User", models.CASCADE, related_name="ratings", db_index=False
    )
    # Meta has an index that begins with movie and covers the half stars.
    movie = models.ForeignKey(
        "movies.Movie", models.CASCADE, related_name="ratings", db_index=False
    )
    half_stars = models.PositiveSmallIntegerField(
        _("half stars"),
        validators=[MinValueValidator(HALF_STARS_MIN), MaxValueValidator(HALF_STARS_MAX)],
    )
    rated_at = models.DateTimeField(_("rated"), default=timezone.now)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now)
    # A visible prediction biases the answer, so evaluation needs to know.
    prediction_shown = models.BooleanField(_("prediction was visible"), default=False)

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="movies_rating_once"),
            models.CheckConstraint(
                condition=models.Q(half_stars__gte=HALF_STARS_MIN, half_stars__lte=HALF_STARS_MAX),
                name="movies_rating_on_the_grid",
                violation_error_message=_("Choose from half a star to five stars."),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-rated_at", "-id"], name="movies_rating_newest"),
            # Covers the histogram of a movie.
            models.Index(fields=["movie", "half_stars"], name="movies_rating_spread"),
        ]

    def __str__(self) -> str:
        return f"{self.movie_id}: {self.stars}"

    @property
    def stars(self) -> float:
        return to_stars(self.half_stars)


class RatingChanges(models.Model):
    """How often ratings were added, changed or removed: counted by triggers, read by the refit.

    PostgreSQL spreads the count over several rows, so that concurrent raters do not wait for one
    row lock.
    """

    slot = models.PositiveSmallIntegerField(primary_key=True)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("rating change counter")
        verbose_name_plural = _("rating change counter")

    def __str__(self) -> str:
        return f"{self.slot}: {self.count}"

    @classmethod
    def total(cls) -> int:
        return cls.objects.aggregate(total=models.Sum("count"))["total"] or 0
