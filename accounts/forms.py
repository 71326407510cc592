"""What people may set about their lists, and how they leave."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class PreferenceForm(forms.ModelForm):
    """Some of a person's preferences; saving writes those that changed and nothing else."""

    class Meta:
        model = User
        # The language is chosen at the foot of every page.
        fields = tuple(name for name in User.PREFERENCES if name != "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "scale" in self.fields:
            self.fields["scale"].required = False

    def clean_scale(self) -> str:
        """A client that does not know of scales changes none."""
        return self.cleaned_data["scale"] or self.instance.scale

    def save(self, commit: bool = True) -> User:
        changed: dict[str, Any] = {name: self.cleaned_data[name] for name in self.changed_data}
        self.instance.prefer(**changed)
        return self.instance

    def problem(self) -> str:
        """The first thing wrong, in words; "" when nothing is."""
        return next((message for messages in self.errors.values() for message in messages), "")


class BoldnessForm(PreferenceForm):
    class Meta(PreferenceForm.Meta):
        fields = ("boldness",)


class EraseForm(forms.Form):
    """The password, once more, before everything goes."""

    wrong_password = _("This is not your password.")
    last_operator = _("You are the last operator of this site. Make somebody else one first.")

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
