"""The buttons that put a movie on the watchlist or away; see movies/drawn.py."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.safestring import SafeString

from movies.addresses import address
from movies.drawn import drawn_once
from movies.models import Mark, Movie


def write_marks(movie: Movie, marks: Collection[str], csrf_token: str) -> SafeString:
    """`<div class="marks">`; `marks` are the kinds that this person has set on the movie."""
    holes = {
        "csrf_token": csrf_token,
        "movie_id": str(movie.pk),
        "mark": address("movies:mark", movie.pk),
        "lists": address("lists:menu", movie.pk),
        "page": movie.get_absolute_url(),
    }
    return drawn_once(
        "movies/marks/_marks.html", holes, **{k: k in marks for k in Mark.Kind.values}
    )
