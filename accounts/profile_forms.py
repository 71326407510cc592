"""What people say about themselves, on the page and through the API."""

from __future__ import annotations

from allauth.account import app_settings
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.plain_text import one_line, paragraphs
from accounts.profiles import Profile, set_profile, username_key


class ProfileForm(forms.ModelForm):
    """All of a profile's settings; saving stores the profile if there was none."""

    taken = _("Somebody else goes by this name.")
    no_address = _("Your user name is only dots, which no address can hold.")

    class Meta:
        model = Profile
        fields = Profile.SETTINGS

    def clean_display_name(self) -> str:
        name = one_line(self.cleaned_data["display_name"])
        if name and is_taken(name, self.instance.user):
            raise forms.ValidationError(self.taken, "taken")
        return name

    def clean_bio(self) -> str:
        # A browser sends two characters for the end of a line.
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
    """Whether the name is another's user name, or one that sounds like the operators'."""
    key = username_key(name)
    if key in app_settings.USERNAME_BLACKLIST:
        return True
    others = User.objects.exclude(pk=user.pk)
    if others.filter(username__in={name, name.lower(), key}).exists():
        return True
    return others.filter(username__iexact=name).exists()
