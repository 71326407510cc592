"""Forms that add and edit viewings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from movies.models import Movie, Viewing
from movies.models.viewings import EARLIEST_DAY, LONGEST_NOTE, clean_note, clean_tags
from movies.periods import Period

if TYPE_CHECKING:
    from accounts.models import User

FUTURE = _("This date is in the future.")
TOO_EARLY = _("The earliest year is %(year)d.") % {"year": EARLIEST_DAY.year}


def check_watched(period: Period) -> None:
    """Refuse what cannot be a viewing's date. Some users' day begins before the site's.

    Raises:
        forms.ValidationError: it is in the future or too long ago.
    """
    if period.first > timezone.localdate() + timedelta(days=1):
        raise forms.ValidationError(FUTURE, "future")
    if period.first < EARLIEST_DAY:
        raise forms.ValidationError(TOO_EARLY, "early")


class QuickViewingForm(forms.Form):
    """A day and nothing else: the second step after a rating."""

    on = forms.DateField(input_formats=["%Y-%m-%d"])

    def clean_on(self) -> Period:
        period = Period.of_day(self.cleaned_data["on"])
        check_watched(period)
        return period


class NoteField(forms.CharField):
    """Browsers send line ends as two characters but count one."""

    def to_python(self, value: Any) -> str:
        return clean_note(super().to_python(value))


class ViewingForm(forms.Form):
    """A date as far as it is known: day, month and year, or less."""

    day = forms.IntegerField(label=_("Day"), min_value=1, max_value=31, required=False)
    month = forms.TypedChoiceField(
        label=_("Month"), choices=[("", "–"), *MONTHS.items()], coerce=int, empty_value=None,
        required=False,
    )  # fmt: skip
    year = forms.IntegerField(
        label=_("Year"), min_value=EARLIEST_DAY.year, max_value=9998, required=False
    )
    is_rewatch = forms.BooleanField(label=_("I’ve seen this movie before"), required=False)
    tags = forms.CharField(label=_("Tags"), max_length=2000, required=False)
    note = NoteField(label=_("Note"), max_length=LONGEST_NOTE, required=False)

    @classmethod
    def initial_of(cls, viewing: Viewing) -> dict[str, Any]:
        return {
            **date_fields(viewing.watched),
            "is_rewatch": viewing.is_rewatch,
            "tags": ", ".join(viewing.tag_names),
            "note": viewing.note,
        }

    def clean_tags(self) -> list[str]:
        try:
            return clean_tags(self.cleaned_data["tags"].split(","))
        except ValueError as error:
            raise forms.ValidationError(str(error), "invalid") from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not {"day", "month", "year"} & self.errors.keys():
            cleaned["watched"] = _period(*(cleaned.get(name) for name in ("year", "month", "day")))
        return cleaned

    @property
    def date_problems(self) -> list[str]:
        named = [
            problem for name in ("day", "month", "year") for problem in self.errors.get(name, ())
        ]
        return [*named, *self.non_field_errors()]

    def add(self, user: User, movie: Movie) -> Viewing:
        cleaned = self.cleaned_data
        return Viewing.objects.log(
            user,
            movie,
            cleaned["watched"],
            is_rewatch=cleaned["is_rewatch"],
            note=cleaned["note"],
            tags=cleaned["tags"],
        )

    def edit(self, viewing: Viewing) -> None:
        cleaned = self.cleaned_data
        viewing.watched, viewing.is_rewatch = cleaned["watched"], cleaned["is_rewatch"]
        viewing.note = cleaned["note"]
        viewing.edit(cleaned["tags"])


def date_fields(period: Period | None) -> Mapping[str, int | None]:
    """The values of the three fields for a date."""
    if period is None:
        return {}
    return {"day": period.day, "month": period.month, "year": period.year}


def _period(year: int | None, month: int | None, day: int | None) -> Period | None:
    if year is None:
        if month or day:
            raise forms.ValidationError(_("Enter the year as well."), "year")
        return None
    if day and not month:
        raise forms.ValidationError(_("Enter the month as well."), "month")
    try:
        date(year, month or 1, day or 1)
    except ValueError as error:
        raise forms.ValidationError(_("This date doesn’t exist."), "day") from error
    period = Period(year, month, day)
    check_watched(period)
    return period
