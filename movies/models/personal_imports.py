"""Imports of a member's own ratings, marks and lists from other sites."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cfsite.lib.queue.worker_claims import is_dead
from movies.models.lists import LONGEST_NAME
from movies.stars import HALF_STARS_MAX, HALF_STARS_MIN

LONGEST_TITLE = 300


class PersonalImportQuerySet(models.QuerySet["PersonalImport"]):
    def of(self, user: object) -> Self:
        return self.filter(user=user)

    def shown(self) -> Self:
        """Those that are not just being read, without what only the next step needs."""
        return self.exclude(state=PersonalImport.State.READING).defer("table")

    def unfinished(self) -> Self:
        return self.filter(state__in=[PersonalImport.State.WAITING, PersonalImport.State.RUNNING])


class PersonalImport(models.Model):
    class State(models.TextChoices):
        READING = "reading", _("being read")
        ASKING = "asking", _("waiting for your choices")
        READY = "ready", _("not started")
        WAITING = "waiting", _("waiting for the worker")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")
        UNDONE = "undone", _("undone")

    class Policy(models.TextChoices):
        NEWER = "newer", _("Keep the newer rating")
        MINE = "mine", _("Keep my rating")
        THEIRS = "theirs", _("Use the imported rating")

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", db_index=False)
    source = models.CharField(_("source"), max_length=20)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.READING
    )
    # What the worker is to do or does: import, or take the import back.
    is_undo = models.BooleanField(_("being undone"), default=False)
    policy = models.CharField(
        _("if already rated"), max_length=10, choices=Policy.choices, default=Policy.NEWER
    )
    takes_title_matches = models.BooleanField(_("import matches by title alone"), default=False)
    adds_movies = models.BooleanField(_("add missing movies"), default=False)
    scale = models.CharField(_("scale"), max_length=10, blank=True)
    # Header and rows of a table whose columns the user has still to name; dropped afterwards.
    table = models.JSONField(_("table"), null=True)
    # [[file, line, reason], ...] of the first lines that could not be read.
    problems = models.JSONField(_("problems"), default=list)
    # What was left out while reading, and the outcome: numbers by name.
    counts = models.JSONField(_("counts"), default=dict)
    added_movies = models.JSONField(_("movies added"), default=list)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("total"), default=0)
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    # Also `updated_at` of every rating it writes: another value there means a later change.
    started_at = models.DateTimeField(_("started"), null=True)
    # When it was last handed to the worker.
    queued_at = models.DateTimeField(_("queued"), null=True)
    heartbeat_at = models.DateTimeField(_("last heartbeat"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    worker = models.CharField(_("process"), max_length=200, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    objects = PersonalImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("personal import")
        verbose_name_plural = _("personal imports")
        indexes = [models.Index(fields=["user", "-id"], name="movies_personalimport_newest")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.source}"

    @property
    def is_alive(self) -> bool:
        return self.state == self.State.RUNNING and not is_dead(self)


class ImportedRowQuerySet(models.QuerySet["ImportedRow"]):
    def accepted(self, personal_import: PersonalImport) -> Self:
        """Rows whose movie is known well enough to be imported."""
        kinds = [ImportedRow.Match.FOUND, ImportedRow.Match.NEAR, ImportedRow.Match.CHOSEN]
        if personal_import.takes_title_matches:
            kinds.append(ImportedRow.Match.TITLE)
        if personal_import.adds_movies:
            kinds.append(ImportedRow.Match.ADDED)
        known = models.Q(movie__isnull=False) | models.Q(kind=ImportedRow.Kind.LIST_ITSELF)
        return self.filter(known, personal_import=personal_import, match__in=kinds)

    def pending(self) -> Self:
        return self.filter(outcome="")


class ImportedRow(models.Model):
    """One thing that a source says of one movie."""

    class Kind(models.TextChoices):
        RATING = "rating", _("rating")
        WATCHLIST = "watchlist", _("on the watchlist")
        SEEN = "seen", _("watched")
        NOT_INTERESTED = "not_interested", _("not interested")
        LIST = "list", _("on a list")
        LIST_ITSELF = "list_itself", _("a list, without its movies")
        VIEWING = "viewing", _("in the diary")

    class Match(models.TextChoices):
        FOUND = "found", pgettext_lazy("movie of an imported row", "found")
        NEAR = "near", _("found, with the year off by one")
        TITLE = "title", _("found by title alone")
        CHOSEN = "chosen", _("chosen by you")
        ADDED = "added", _("added to the catalogue")
        AMBIGUOUS = "ambiguous", _("several movies match")
        MISSING = "missing", _("not in the catalogue")

    class Outcome(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        SAME = "same", _("already there")
        KEPT = "kept", _("skipped to keep yours")
        REPEATED = "repeated", _("replaced by a later line")
        FULL = "full", _("skipped because the list is full")
        UNDONE = "undone", _("undone")
        LEFT = "left", _("left alone because you changed it")

    personal_import = models.ForeignKey(
        PersonalImport, models.CASCADE, related_name="rows", db_index=False
    )
    file = models.CharField(_("file"), max_length=200, blank=True)
    line = models.PositiveIntegerField(_("line"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=LONGEST_TITLE, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True)
    imdb_id = models.CharField(_("IMDb ID"), max_length=12, blank=True)
    tmdb_id = models.PositiveIntegerField(_("TMDB ID"), null=True)
    movielens_id = models.PositiveIntegerField(_("MovieLens ID"), null=True)
    half_stars = models.PositiveSmallIntegerField(_("half stars"), null=True)
    # When it was said, as far as the source knows.
    at = models.DateTimeField(_("date"), null=True)
    list_name = models.CharField(_("list"), max_length=LONGEST_NAME, blank=True)
    # What only some kinds have: note, tags, place on the list; candidates of an ambiguous row.
    details = models.JSONField(_("details"), default=dict)
    movie = models.ForeignKey(
        "movies.Movie", models.CASCADE, null=True, related_name="+", verbose_name=_("movie")
    )
    match = models.CharField(_("match"), max_length=10, choices=Match.choices)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True)
    # What undo restores; null if there was nothing before.
    before = models.JSONField(_("before"), null=True)

    objects = ImportedRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(half_stars__isnull=True)
                | models.Q(half_stars__gte=HALF_STARS_MIN, half_stars__lte=HALF_STARS_MAX),
                name="movies_importedrow_on_the_grid",
            )
        ]
        indexes = [
            models.Index(
                fields=["personal_import", "outcome", "movie"], name="movies_importedrow_pending"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.title}"
