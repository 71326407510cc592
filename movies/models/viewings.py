"""The diary: when a member watched a movie, with a private note and tags."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cfsite.lib.text import one_line
from movies.periods import Period
from movies.titles import fold, without_accents

if TYPE_CHECKING:
    from accounts.models import User
    from movies.models.catalogue import Movie

LONGEST_NOTE, LONGEST_TAG, MOST_TAGS = 10_000, 60, 30
EARLIEST_DAY = date(1900, 1, 1)
# All but unknown.
PRECISE = ("day", "month", "year")


class FoldedTextField(models.TextField):
    """Another field's text without case, accents and punctuation, for search on any database.

    Computed whenever the row is written, by `bulk_create` too.
    """

    def __init__(self, source: str = "", **options: Any) -> None:
        self.source = source
        super().__init__(**{**options, "editable": False, "blank": True})

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        folded = fold(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, folded)
        return folded


class ViewingQuerySet(models.QuerySet["Viewing"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)

    def latest_first(self) -> Self:
        """By date, unknown dates last; of one date, days before their month before their year."""
        return self.order_by(
            F("watched_on").desc(nulls_last=True), "precision", "-created_at", "-pk"
        )

    def earliest_first(self) -> Self:
        return self.order_by(F("watched_on").asc(nulls_last=True), "-precision", "created_at", "pk")

    def during(self, period: Period) -> Self:
        """Those that lie in this period as a whole: no year lies in one of its months."""
        precise = ["day"] if period.day else ["day", "month"] if period.month else list(PRECISE)
        return self.filter(
            watched_on__gte=period.first, watched_on__lt=period.next, precision__in=precise
        )

    def with_tags(self) -> Self:
        """For `Viewing.tag_names`, in one more query."""
        return self.prefetch_related("tags")

    def tagged(self, name: str) -> Self:
        return self.filter(tags__key=tag_key(name))

    def log(
        self,
        user: User,
        movie: Movie,
        watched: Period | None = None,
        *,
        is_rewatch: bool = False,
        note: str = "",
        tags: Iterable[str] = (),
        at: datetime | None = None,
    ) -> Viewing:
        """Add one viewing, now or at another time. See `log_many`."""
        viewing = Viewing(user=user, movie=movie, watched=watched, is_rewatch=is_rewatch, note=note)
        if at is not None:
            viewing.created_at = viewing.updated_at = at
        self.log_many([(viewing, tags)])
        return viewing

    def log_many(self, entries: Iterable[tuple[Viewing, Iterable[str]]]) -> list[Viewing]:
        """Add unsaved viewings, each with its tags, in one transaction.

        Raises:
            ValueError: a viewing has too many tags, or one is too long; nothing is saved.
        """
        tagged = [(viewing, clean_tags(tags)) for viewing, tags in entries]
        for viewing, _tags in tagged:
            viewing.note = clean_note(viewing.note)
        with transaction.atomic():
            viewings = self.bulk_create([viewing for viewing, _tags in tagged], batch_size=500)
            rows = [row for viewing, tags in tagged for row in viewing.tag_rows(tags)]
            ViewingTag.objects.bulk_create(rows, batch_size=500)
        return viewings


class Viewing(models.Model):
    class Precision(models.TextChoices):
        """How much of the date is known. In order, so that the database can sort by it."""

        DAY = "day", _("day")
        MONTH = "month", _("month")
        UNKNOWN = "unknown", _("unknown")
        YEAR = "year", _("year")

    # The index below begins with the user.
    user = models.ForeignKey(
        "accounts.User", models.CASCADE, related_name="viewings", db_index=False
    )
    movie = models.ForeignKey("movies.Movie", models.CASCADE, related_name="viewings")
    # The first day of a month or year; see `watched`.
    watched_on = models.DateField(_("watched"), null=True, blank=True)
    precision = models.CharField(
        _("precision of the date"),
        max_length=10,
        choices=Precision.choices,
        default=Precision.UNKNOWN,
    )
    is_rewatch = models.BooleanField(_("rewatch"), default=False)
    # Forms count characters; the constraint below holds for every other way in.
    note = models.TextField(_("note"), blank=True, validators=[MaxLengthValidator(LONGEST_NOTE)])
    note_key = FoldedTextField(source="note")
    created_at = models.DateTimeField(_("added"), default=timezone.now)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now)

    objects = ViewingQuerySet.as_manager()

    class Meta:
        verbose_name = _("viewing")
        verbose_name_plural = _("viewings")
        constraints = [
            models.CheckConstraint(
                condition=Q(precision="unknown", watched_on__isnull=True)
                | Q(
                    precision__in=PRECISE,
                    watched_on__isnull=False,  # or NULL would pass the comparison
                    watched_on__gte=EARLIEST_DAY,
                ),
                name="movies_viewing_date_as_precise_as_it_says",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("note"), LONGEST_NOTE),
                name="movies_viewing_note_not_too_long",
                violation_error_message=_("A note can have at most 10,000 characters."),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-watched_on", "-id"], name="movies_viewing_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.movie_id}: {self.watched or self.Precision.UNKNOWN}"

    @property
    def watched(self) -> Period | None:
        """The day, month or year in which the movie was watched; None if unknown."""
        return period_of(self.watched_on, self.precision)

    @watched.setter
    def watched(self, period: Period | None) -> None:
        self.watched_on = period and period.first
        if period is None:
            self.precision = self.Precision.UNKNOWN
        elif period.day:
            self.precision = self.Precision.DAY
        else:
            self.precision = self.Precision.MONTH if period.month else self.Precision.YEAR

    @property
    def tag_names(self) -> list[str]:
        return [tag.name for tag in sorted(self.tags.all(), key=lambda tag: tag.key)]

    def tag_rows(self, names: Sequence[str]) -> list[ViewingTag]:
        """Unsaved, for names from `clean_tags`."""
        return [ViewingTag(viewing=self, name=name, key=tag_key(name)) for name in names]

    def edit(self, tags: Iterable[str], at: datetime | None = None) -> None:
        """Save the changed fields and replace the tags.

        Raises:
            ValueError: there are too many tags, or one is too long; nothing is saved.
        """
        rows = self.tag_rows(clean_tags(tags))
        self.note, self.updated_at = clean_note(self.note), at or timezone.now()
        with transaction.atomic():
            self.save()
            self.tags.all().delete()
            ViewingTag.objects.bulk_create(rows)


def period_of(watched_on: date | None, precision: str) -> Period | None:
    """The day, month or year that the two columns mean; None if unknown."""
    if watched_on is None:
        return None
    if precision == Viewing.Precision.YEAR:
        return Period(watched_on.year)
    if precision == Viewing.Precision.MONTH:
        return Period(watched_on.year, watched_on.month)
    return Period.of_day(watched_on)


class ViewingTag(models.Model):
    # The constraint's index begins with the viewing.
    viewing = models.ForeignKey(Viewing, models.CASCADE, related_name="tags", db_index=False)
    name = models.CharField(_("name"), max_length=LONGEST_TAG)
    # "Café" and "cafe" are the same tag. Folding can lengthen a text.
    key = models.CharField(max_length=4 * LONGEST_TAG, editable=False)

    class Meta:
        verbose_name = _("tag of a viewing")
        verbose_name_plural = _("tags of viewings")
        constraints = [
            models.UniqueConstraint(fields=["viewing", "key"], name="movies_viewingtag_once"),
            models.CheckConstraint(condition=~Q(key=""), name="movies_viewingtag_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name


def tag_key(name: str) -> str:
    return without_accents(name)[: 4 * LONGEST_TAG]


def clean_tags(names: Iterable[str]) -> list[str]:
    """The tags without '#', empty ones and repetitions.

    Raises:
        ValueError: a tag is too long or contains a comma, or there are too many.
    """
    by_key: dict[str, str] = {}
    for name in (one_line(name).lstrip("#").strip() for name in names):
        if len(name) > LONGEST_TAG:
            raise ValueError(_("A tag can have at most %(n)d characters.") % {"n": LONGEST_TAG})
        if "," in name:
            raise ValueError(_("A tag can’t contain a comma."))
        if key := tag_key(name):
            by_key.setdefault(key, name)
    if len(by_key) > MOST_TAGS:
        raise ValueError(_("A viewing can have at most %(n)d tags.") % {"n": MOST_TAGS})
    return list(by_key.values())


def clean_note(text: str) -> str:
    r"""The text with \n as line ends, and without control characters, which not every
    database can store."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()
