"""allauth's forms in this site's words. Password rules appear when a password breaks one."""

from __future__ import annotations

from typing import Any

from allauth.account import forms
from django.utils.translation import gettext_lazy as _


class LoginForm(forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _relabel(self, login=_("User name or email"), remember=_("Keep me logged in"))
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class SignupForm(forms.SignupForm):
    field_order = ("username", "password1", "email")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _relabel(self, username=_("User name"))
        if "email" in self.fields and not self.fields["email"].required:
            self.fields["email"].help_text = _("So you can reset your password if you forget it.")
        _without_rules(self)


class ChangePasswordForm(forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _relabel(self, oldpassword=_("Current password"), **NEW_PASSWORD)
        _without_rules(self)


class SetPasswordForm(forms.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _relabel(self, **NEW_PASSWORD)
        _without_rules(self)


class ResetPasswordKeyForm(forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _relabel(self, **NEW_PASSWORD)
        _without_rules(self)


NEW_PASSWORD = {"password1": _("New password"), "password2": _("New password again")}


def _relabel(form: Any, **labels: Any) -> None:
    """Labels, without placeholders that only repeat them."""
    for name, label in labels.items():
        form.fields[name].label = label
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


def _without_rules(form: Any) -> None:
    form.fields["password1"].help_text = ""
