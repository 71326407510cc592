"""The form for a new access token."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessToken, NameTaken, TooManyTokens, User, create_token
from cfsite.lib.text import one_line

LIFETIMES = {
    "30": _("30 days"),
    "90": _("90 days"),
    "365": _("One year"),
    "": _("Never"),
}


class NewTokenForm(forms.Form):
    name_taken = _("You already have a token with this name.")
    too_many = _("You can have up to %(most)d tokens. Revoke one first.")

    name = forms.CharField(
        label=_("Name"),
        max_length=AccessToken.LONGEST_NAME,
        help_text=_("What the token is for, such as “Backup script”."),
    )
    scope = forms.ChoiceField(
        label=_("Access"),
        choices=AccessToken.Scope.choices,
        initial=AccessToken.Scope.READ,
        widget=forms.RadioSelect,
    )
    days = forms.ChoiceField(
        label=_("Expires after"), choices=LIFETIMES.items(), initial="90", required=False
    )

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(self.fields["name"].error_messages["required"], "required")
        return name

    def create_for(self, user: User) -> tuple[AccessToken, str] | None:
        """The token and its secret; None if the form has an error now."""
        data: dict[str, Any] = self.cleaned_data
        try:
            return create_token(user, data["name"], data["scope"], _end_of(data["days"]))
        except NameTaken:
            self.add_error("name", forms.ValidationError(self.name_taken, "taken"))
        except TooManyTokens:
            most = {"most": AccessToken.MOST}
            self.add_error(None, forms.ValidationError(self.too_many, "too-many", most))
        return None


def _end_of(days: str) -> datetime | None:
    return timezone.now() + timedelta(days=int(days)) if days else None
