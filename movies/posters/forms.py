"""The admin form of a movie, with a poster to upload or remove."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from movies.models import Movie, TmdbPoster
from movies.posters.files import PosterError, Sizes, prepare, remove_poster, set_poster


class MovieForm(forms.ModelForm):
    poster_upload = forms.FileField(
        label=_("poster"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_(
            "JPEG, PNG or WebP, upright, up to 10 MB. Replaces the drawn poster. "
            "Only upload images you have the right to show."
        ),
    )
    poster_removed = forms.BooleanField(label=_("go back to the drawn poster"), required=False)

    class Meta:
        model = Movie
        exclude: list[str] = []

    def clean_poster_upload(self) -> Sizes | None:
        file = self.cleaned_data["poster_upload"]
        if not file:
            return None
        try:
            return prepare(file)
        except PosterError as error:
            raise forms.ValidationError(str(error), code="no-poster") from error

    def save_poster(self, movie: Movie) -> None:
        """Store or remove the poster; call it after `movie` is saved."""
        data: dict[str, Any] = self.cleaned_data
        if sizes := data.get("poster_upload"):
            set_poster(movie, sizes)
        elif data.get("poster_removed"):
            remove_poster(movie)
            # The next fetch may replace it by a poster from TMDB.
            TmdbPoster.objects.filter(movie=movie).delete()
