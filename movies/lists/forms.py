"""What the pages of lists take from people."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cfsite.lib.text import one_line, paragraphs
from movies.lists.entries import MOST_MOVIES, SORTS
from movies.models import MovieList
from movies.models.lists import LONGEST_NAME, LONGEST_NOTE

MOST_ID = 2**63 - 1


class NameField(forms.CharField):
    """A name in one line that one can see."""

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
    """Only the name: the rest is for when the list has movies."""

    name = NameField(label=_("Name"), max_length=LONGEST_NAME)

    def problem(self) -> str:
        """The first thing wrong, in words; "" when nothing is."""
        return next((message for messages in self.errors.values() for message in messages), "")


class PickListForm(forms.Form):
    """Onto which list a movie goes, or off which: one of the two."""

    onto = forms.IntegerField(min_value=1, max_value=MOST_ID, required=False)
    off = forms.IntegerField(min_value=1, max_value=MOST_ID, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if bool(cleaned.get("onto")) == bool(cleaned.get("off")):
            raise forms.ValidationError(_("There is no such list."))
        return cleaned


class EntryForm(forms.Form):
    """What is done with one movie of a list: exactly one of these."""

    up = forms.IntegerField(min_value=1, max_value=MOST_ID, required=False)
    down = forms.IntegerField(min_value=1, max_value=MOST_ID, required=False)
    off = forms.IntegerField(min_value=1, max_value=MOST_ID, required=False)
    save = forms.IntegerField(min_value=1, max_value=MOST_ID, required=False)
    # Dragging: from here to that place.
    drag = forms.IntegerField(min_value=1, max_value=MOST_ID, required=False)
    place = forms.IntegerField(min_value=1, max_value=MOST_MOVIES, required=False)

    ACTIONS = ("up", "down", "off", "save", "drag")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        named = [action for action in self.ACTIONS if cleaned.get(action)]
        if len(named) != 1 or (named == ["drag"] and not cleaned.get("place")):
            raise forms.ValidationError(_("There is no such thing to do with a movie of a list."))
        return {**cleaned, "action": named[0], "entry": cleaned[named[0]]}


class NoteForm(forms.Form):
    """A movie's note and place, in fields named after its entry."""

    note = forms.CharField(max_length=LONGEST_NOTE, required=False, label=_("Note"))
    place = forms.IntegerField(min_value=1, required=False, label=_("Place"))

    def clean_note(self) -> str:
        return one_line(self.cleaned_data["note"])


class SortForm(forms.Form):
    by = forms.ChoiceField(choices=[(key, label) for key, (label, _sort) in SORTS.items()])
