"""Version number of the catalogue, by which caches notice edits."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection, models
from django.utils.translation import gettext_lazy as _


class Versions(NamedTuple):
    """Each part of the search index is built anew when its own version changes."""

    movies: int  # titles, years, runtimes, countries, languages and genres
    people: int  # names and credits
    descriptions: int


class CatalogueVersion(models.Model):
    """Incremented by triggers, in the transaction that edits a movie or its facts.

    The version is the sum over all rows. PostgreSQL adds rows when transactions edit the catalogue
    at the same time, so that none has to wait for another's row lock.
    """

    count = models.PositiveBigIntegerField(default=0, db_default=0)
    people = models.PositiveBigIntegerField(default=0, db_default=0)
    descriptions = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("catalogue version")
        verbose_name_plural = _("catalogue versions")

    def __str__(self) -> str:
        return f"{self.pk}: {self.count}"

    @classmethod
    def current(cls) -> int:
        """Changes with the titles, year, runtime, countries, languages or genres of any movie."""
        return cls.parts().movies

    @classmethod
    def parts(cls) -> Versions:
        sums = "SUM(count), SUM(people), SUM(descriptions)"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {sums} FROM {cls._meta.db_table}")  # noqa: S608
            return Versions(*(int(total or 0) for total in cursor.fetchone()))
