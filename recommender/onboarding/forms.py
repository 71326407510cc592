"""Forms of the onboarding pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from movies.rating.forms import StarsField

# The largest primary key.
LARGEST_ID = 2**63 - 1


class GroupsField(forms.Field):
    """Picked groups, each as the ids of the movies shown for it: "12-45-77"."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[list[int]]:
        groups = []
        for text in value or []:
            parts = text.split("-")
            if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
                raise forms.ValidationError(_("We couldn’t find that kind of movie."), "invalid")
            groups.append([int(part) for part in parts])
        return groups


class GroupsForm(forms.Form):
    groups = GroupsField(required=False)


class MovieForm(forms.Form):
    """The movie that an answer is about."""

    movie = forms.IntegerField(min_value=1, max_value=LARGEST_ID)


class AnswerForm(MovieForm):
    """A rating, "haven't seen it", or the undo of that."""

    stars = StarsField(required=False)
    unseen = forms.BooleanField(required=False)
    seen_after_all = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        has_answer = cleaned.get("unseen") or cleaned.get("seen_after_all")
        if not self.errors and not has_answer and cleaned["stars"] is None:
            raise forms.ValidationError(_("Choose from half a star to five stars."), "missing")
        return cleaned

    def problem(self) -> str:
        """The first error message; "" without errors."""
        return next((message for messages in self.errors.values() for message in messages), "")


class FavouriteForm(MovieForm):
    on = forms.BooleanField(required=False)
