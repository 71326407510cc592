"""Forms of the list pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cfsite.lib.text import one_line, paragraphs
from movies.lists.entries import MAX_MOVIES, SORTS
from movies.models import MovieList
from movies.models.lists import LONGEST_NAME, LONGEST_NOTE

MAX_ID = 2**63 - 1


class NameField(forms.CharField):
    """A name in one line, with at least one visible character."""

    def clean(self, value: Any) -> str:
        return super().clean(one_line(self.to_python(value)))


class ListForm(forms.ModelForm):
    name = NameField(label=_("Name"), max_length=LONGEST_NAME)

    class Meta:
        model = MovieList
        fields = ("name", "description", "is_numbered", "visibility")

    def clean_description(self) -> str:
        return paragraphs(self.cleaned_data["description"])


class NewListForm(forms.Form):
    """A new list has only a name; the rest is edited later."""

    name = NameField(label=_("Name"), max_length=LONGEST_NAME)

    def problem(self) -> str:
        """The first error message, or ""."""
        return next((message for messages in self.errors.values() for message in messages), "")


class PickListForm(forms.Form):
    """The list to add a movie to, or to remove it from: one of the two."""

    onto = forms.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    off = forms.IntegerField(min_value=1, max_value=MAX_ID, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if bool(cleaned.get("onto")) == bool(cleaned.get("off")):
            raise forms.ValidationError(_("We couldn’t find that list."))
        return cleaned


class EntryForm(forms.Form):
    """One action on one entry of a list."""

    up = forms.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    down = forms.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    off = forms.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    save = forms.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    # Moved by dragging, to `place`.
    drag = forms.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    place = forms.IntegerField(min_value=1, max_value=MAX_MOVIES, required=False)

    ACTIONS = ("up", "down", "off", "save", "drag")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        named = [action for action in self.ACTIONS if cleaned.get(action)]
        if len(named) != 1 or (named == ["drag"] and not cleaned.get("place")):
            raise forms.ValidationError(_("Choose what to do with this movie."))
        return {**cleaned, "action": named[0], "entry": cleaned[named[0]]}


class NoteForm(forms.Form):
    """Note and place of an entry."""

    note = forms.CharField(max_length=LONGEST_NOTE, required=False, label=_("Note"))
    place = forms.IntegerField(min_value=1, required=False, label=_("Position"))

    def clean_note(self) -> str:
        return one_line(self.cleaned_data["note"])


class SortForm(forms.Form):
    by = forms.ChoiceField(choices=[(key, label) for key, (label, _sort) in SORTS.items()])
