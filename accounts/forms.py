"""Forms for preferences, profile and account deletion."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile, User, set_profile
from accounts.usernames import is_reserved, skeleton
from cfsite.lib.text import one_line, paragraphs


class PreferenceForm(forms.ModelForm):
    """A user's preferences; saving writes only those that changed."""

    class Meta:
        model = User
        # The language is chosen in the footer.
        fields = tuple(name for name in User.PREFERENCES if name != "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "scale" in self.fields:
            self.fields["scale"].required = False

    def clean_scale(self) -> str:
        """Keep the scale if the request does not name one."""
        return self.cleaned_data["scale"] or self.instance.scale

    def save(self, commit: bool = True) -> User:
        changed: dict[str, Any] = {name: self.cleaned_data[name] for name in self.changed_data}
        self.instance.prefer(**changed)
        return self.instance

    def problem(self) -> str:
        """The first error message, or ""."""
        return next((message for messages in self.errors.values() for message in messages), "")


class BoldnessForm(PreferenceForm):
    class Meta(PreferenceForm.Meta):
        fields = ("boldness",)


class EraseForm(forms.Form):
    """Asks for the password again before an account is deleted."""

    wrong_password = _("That isn’t your password.")
    last_operator = _("You’re the only operator of this site. Make someone else an operator first.")

    password = forms.CharField(
        label=_("Your password"),
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(self.wrong_password, "wrong")
        return password


class ProfileForm(forms.ModelForm):
    """The settings of a profile; saving creates the profile if there is none."""

    taken = _("Someone else already uses this name.")
    no_address = _("Your user name is nothing but dots, so your profile can’t have a web address.")

    class Meta:
        model = Profile
        fields = Profile.SETTINGS

    def clean_display_name(self) -> str:
        name = one_line(self.cleaned_data["display_name"])
        if name and is_taken(name, self.instance.user):
            raise forms.ValidationError(self.taken, "taken")
        return name

    def clean_bio(self) -> str:
        # Browsers send CRLF.
        return paragraphs(self.cleaned_data["bio"])

    def clean_level(self) -> str:
        level = self.cleaned_data["level"]
        if level != Profile.Level.PRIVATE and not self.instance.has_address:
            raise forms.ValidationError(self.no_address, "no-address")
        return level

    def save(self, commit: bool = True) -> Profile:
        changed = {name: self.cleaned_data[name] for name in self.changed_data}
        return set_profile(self.instance.user, **changed)


def is_taken(name: str, user: User) -> bool:
    """Whether the name is or looks like another user's, or one reserved for operators."""
    if is_reserved(name):
        return True
    others = User.objects.exclude(pk=user.pk)
    looks_like = Q(username_skeleton=skeleton(name))
    return others.filter(looks_like | Q(username__in={name, name.lower()})).exists()
