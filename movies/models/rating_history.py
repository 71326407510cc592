"""Earlier ratings: what a member gave a movie before changing or removing the rating."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from movies.stars import HALF_STARS_MAX, HALF_STARS_MIN, to_stars

if TYPE_CHECKING:
    from accounts.models import User
    from movies.models.ratings import Rating

# Stars that stood for less than this were a slip, and are not kept.
SLIP = timedelta(minutes=10)


class EarlierRatingQuerySet(models.QuerySet["EarlierRating"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)

    def newest_first(self) -> Self:
        return self.order_by("-replaced_at", "-pk")

    def keep_removed(self, ratings: Collection[Rating], removed_at: datetime) -> None:
        """Keep ratings of one user that are about to be removed.

        Changes need no call: a trigger keeps the stars before (triggers/rating_history.py).
        A trigger on removal would refill the history of an account that is being deleted.
        """
        if not ratings:
            return
        user_id = next(iter(ratings)).user_id
        given_at = self._given_at(user_id, ratings)
        self.bulk_create(
            [
                EarlierRating(
                    user_id=user_id,
                    movie_id=rating.movie_id,
                    half_stars=rating.half_stars,
                    rated_at=given_at[rating.movie_id],
                    replaced_at=removed_at,
                )
                for rating in ratings
                if removed_at - given_at[rating.movie_id] >= SLIP
            ],
            batch_size=500,
        )

    def _given_at(self, user_id: int, ratings: Collection[Rating]) -> dict[int, datetime]:
        """When the present stars were given, by movie id: the trigger's rule."""
        given_at = {rating.movie_id: rating.rated_at for rating in ratings}
        earlier = self.filter(user=user_id)
        if len(given_at) == 1:
            earlier = earlier.filter(movie__in=given_at)
        rows = earlier.order_by("replaced_at", "pk").values_list(
            "movie_id", "rated_at", "replaced_at"
        )
        last = {movie_id: times for movie_id, *times in rows}
        for movie_id, (last_rated_at, last_replaced_at) in last.items():
            if movie_id in given_at and given_at[movie_id] <= last_rated_at:
                given_at[movie_id] = last_replaced_at
        return given_at

    def forget_since(self, user: User, movie_ids: Collection[int], moment: datetime) -> None:
        """Drop what was kept for a change that is being undone, which began at `moment`."""
        self.filter(user=user, movie__in=movie_ids, replaced_at__gte=moment).delete()


class EarlierRating(models.Model):
    """Stars that were replaced by others or removed.

    Of a rating changed twice there are two rows, of one never changed none. Saving the same
    stars again leaves none either.
    """

    # The indexes below begin with the user and the movie.
    user = models.ForeignKey(
        "accounts.User", models.CASCADE, related_name="earlier_ratings", db_index=False
    )
    movie = models.ForeignKey("movies.Movie", models.CASCADE, related_name="earlier_ratings")
    half_stars = models.PositiveSmallIntegerField(_("half stars"))
    # From when to when these stars stood. `rated_at` may come from an import and lie before
    # the account; `replaced_at` is when this site heard of it.
    rated_at = models.DateTimeField(_("rated"))
    replaced_at = models.DateTimeField(_("replaced"))

    objects = EarlierRatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("earlier rating")
        verbose_name_plural = _("earlier ratings")
        constraints = [
            models.CheckConstraint(
                condition=Q(half_stars__gte=HALF_STARS_MIN, half_stars__lte=HALF_STARS_MAX),
                name="movies_earlierrating_on_the_grid",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "movie", "-replaced_at"], name="movies_earlierrating_last"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.movie_id}: {self.stars} until {timezone.localdate(self.replaced_at)}"

    @property
    def stars(self) -> float:
        return to_stars(self.half_stars)
