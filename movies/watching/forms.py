"""The form of a member's country and services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from movies.watching import choices


class ServicesForm(forms.Form):
    """The services of one country; another country is chosen first, and shows its own."""

    country = forms.ChoiceField(label=_("Country"))
    services = forms.TypedMultipleChoiceField(
        label=_("My services"),
        coerce=int,
        required=False,
        error_messages={"invalid_choice": _("We don't know one of these services here.")},
    )

    def __init__(self, *args: Any, country: str, chosen: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = choices.services_in(country, chosen)
        self.fields["country"].choices = choices.countries()
        self.fields["services"].choices = [(one.id, one.name) for one in self.offered]
