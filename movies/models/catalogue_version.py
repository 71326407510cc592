"""Version number of the catalogue and log of its changes, by which caches notice edits."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection, models, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _


class Versions(NamedTuple):
    """Each part of the search index is built anew when its own version changes."""

    movies: int  # titles, years, runtimes, countries, languages and genres
    people: int  # names and credits
    descriptions: int
    # Changes with this moment or a later one may not have been visible when this was read.
    moment: int = 0
    forgotten: int = 0  # the latest moment of which changes are no longer logged


# The last of the moments that are surely over, plus one. On PostgreSQL moments are transactions,
# which commit in another order than they begin.
_MOMENT = {
    "postgresql": "pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
    "sqlite": "COALESCE(SUM(count), 0) + 1",
}
_LATEST_MOMENT = {
    "postgresql": "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1",
    "sqlite": "SELECT COALESCE(SUM(count), 0) FROM movies_catalogueversion",
}


class CatalogueVersion(models.Model):
    """Incremented by triggers, in the transaction that edits a movie or its facts.

    The version is the sum over all rows. PostgreSQL adds rows when transactions edit the catalogue
    at the same time, so that none has to wait for another's row lock.
    """

    count = models.PositiveBigIntegerField(default=0, db_default=0)
    people = models.PositiveBigIntegerField(default=0, db_default=0)
    descriptions = models.PositiveBigIntegerField(default=0, db_default=0)
    forgotten = models.PositiveBigIntegerField(default=0, db_default=0)

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
        columns = "SUM(count), SUM(people), SUM(descriptions)"
        columns += f", {_MOMENT[connection.vendor]}, MAX(forgotten)"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns} FROM {cls._meta.db_table}")  # noqa: S608
            return Versions(*(int(total or 0) for total in cursor.fetchone()))

    @classmethod
    def latest_moment(cls) -> int:
        """No change that is visible now has a later one."""
        with connection.cursor() as cursor:
            cursor.execute(_LATEST_MOMENT[connection.vendor])
            return int(cursor.fetchone()[0])


class CatalogueChangeManager(models.Manager["CatalogueChange"]):
    def since(self, versions: Versions, most: int) -> list[int] | None:
        """Ids of the movies that were edited, added or removed after `versions` was read.

        None if everything may have changed, more than `most`, or more than is remembered.
        """
        changed = self.using(connection.alias).filter(moment__gte=versions.moment).order_by()
        ids = list(changed.values_list("movie_id", flat=True).distinct()[: most + 1])
        now = CatalogueVersion.parts()  # after the changes, some of which may have been forgotten
        # A restored database begins to count anew.
        if now.forgotten >= versions.moment or now.moment < versions.moment:
            return None
        return None if len(ids) > most or None in ids else ids

    def forget(self) -> int:
        """All but the newest, and what a backup brought from another server. Returns how many."""
        newest = self.order_by("-pk").values_list("pk", flat=True).first() or 0
        latest = CatalogueVersion.latest_moment()
        known = self.filter(moment__lte=latest, pk__lte=newest - KEPT_CHANGES)
        with transaction.atomic():
            foreign = self.filter(moment__gt=latest, pk__lte=newest).delete()[0]
            CatalogueVersion.objects.filter(forgotten__gt=latest).update(forgotten=latest)
            up_to = known.aggregate(up_to=Max("moment"))["up_to"]
            if up_to is None:
                return foreign
            first = CatalogueVersion.objects.order_by("pk")[:1].values("pk")
            CatalogueVersion.objects.filter(pk__in=first).update(forgotten=up_to)
            return foreign + known.filter(moment__lte=up_to).delete()[0]


# A process that has not looked for so many changes builds its index anew.
KEPT_CHANGES = 20_000


class CatalogueChange(models.Model):
    """Logged by triggers whenever the version of movies changes."""

    # No foreign key: removed movies are changes too. Null if any movie may have changed.
    movie_id = models.BigIntegerField(null=True)
    # The version of SQLite's only row, or the transaction's number on PostgreSQL.
    moment = models.BigIntegerField(db_index=True)

    objects = CatalogueChangeManager()

    class Meta:
        verbose_name = _("change of the catalogue")
        verbose_name_plural = _("changes of the catalogue")

    def __str__(self) -> str:
        return f"{self.moment}: {self.movie_id}"
