"""Forms of personal imports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from movies.models import PersonalImport
from movies.my_imports.parsing.scales import SCALES
from movies.my_imports.sources import ANY_CSV, SOURCES, any_csv

MEANINGS = {
    "title": _("Title"),
    "year": _("Year"),
    "rating": _("Rating"),
    "date": _("Date"),
    "imdb_id": _("IMDb ID"),
    "tmdb_id": _("TMDB ID"),
    "movielens_id": _("MovieLens ID"),
}


class UploadForm(forms.Form):
    file = forms.FileField(
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty."),
        }
    )
    source = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(key, source.name) for key, source in SOURCES.items()]
        self.fields["source"].choices = [
            ("", _("Detect automatically")),
            *known,
            (ANY_CSV, any_csv.NAME),
        ]


class StartForm(forms.Form):
    policy = forms.ChoiceField(
        choices=PersonalImport.Policy.choices,
        required=False,
        initial=PersonalImport.Policy.NEWER,
    )
    takes_title_matches = forms.BooleanField(required=False)
    adds_movies = forms.BooleanField(required=False)

    def clean_policy(self) -> str:
        return self.cleaned_data["policy"] or PersonalImport.Policy.NEWER

    def clean_adds_movies(self) -> bool:
        return self.cleaned_data["adds_movies"] and settings.IMPORT_ADDS_MOVIES


class ColumnsForm(forms.Form):
    """Which column of a table means what, and the scale of the ratings."""

    scale = forms.ChoiceField(
        choices=[("", _("Choose")), *((key, scale.label) for key, scale in SCALES.items())],
        required=False,
    )

    def __init__(self, names: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *((name, name) for name in names if name)]
        for meaning, label in MEANINGS.items():
            self.fields[meaning] = forms.ChoiceField(label=label, choices=choices, required=False)

    @property
    def columns(self) -> dict[str, str]:
        return {
            meaning: self.cleaned_data[meaning]
            for meaning in MEANINGS
            if self.cleaned_data.get(meaning)
        }

    @property
    def meanings(self) -> list[forms.BoundField]:
        return [self[meaning] for meaning in MEANINGS]
