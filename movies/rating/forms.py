"""Forms for rating and marking a movie."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from movies.models import Mark
from movies.stars import to_half_stars

_PLAIN_NUMBER = re.compile(r"[0-9](\.[0-9]+)?")


class StarsField(forms.Field):
    """Stars on the half-star grid, as the radio buttons send them: "4.5"."""

    default_error_messages = {"invalid": _("Choose from half a star to five stars.")}

    def to_python(self, value: Any) -> float | None:
        if value in self.empty_values:
            return None
        try:
            if not _PLAIN_NUMBER.fullmatch(value):
                raise ValueError
            return to_half_stars(value) / 2
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"], "invalid") from error


class RateForm(forms.Form):
    stars = StarsField(required=False)
    remove = forms.BooleanField(required=False)
    # Sent by pages that show a prediction beside the form.
    prediction_shown = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not cleaned["remove"] and cleaned["stars"] is None:
            raise forms.ValidationError(_("Choose from half a star to five stars."), "missing")
        return cleaned

    def problem(self) -> str:
        """The first error message, or ""."""
        return next((message for messages in self.errors.values() for message in messages), "")


class MarkForm(forms.Form):
    kind = forms.ChoiceField(choices=Mark.Kind.choices)
    on = forms.BooleanField(required=False)
