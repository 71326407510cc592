"""What people may set about their lists."""

from typing import Any

from django import forms

from accounts.models import User


class PreferenceForm(forms.ModelForm):
    """Some of a person's preferences; saving writes those that changed and nothing else."""

    class Meta:
        model = User
        fields = User.PREFERENCES

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
