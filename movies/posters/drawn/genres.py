"""Which of a movie's genres decides how its poster looks."""

from collections.abc import Sequence

# The rarest genre says most about a film: everything else is a drama or a comedy.
# IMAX comes last although it is rare: a kind of screen, not of film.
RAREST_FIRST = (
    "Film-Noir", "Western", "Musical", "War", "Documentary", "Animation", "Mystery", "Fantasy",
    "Children", "Horror", "Sci-Fi", "Crime", "Adventure", "Romance", "Action", "Thriller",
    "Comedy", "Drama", "IMAX",
)  # fmt: skip
NONE = ""

# What other catalogues and older data sets call them.
ALIASES = {
    "children's": "children", "family": "children", "kids": "children", "music": "musical",
    "science fiction": "sci-fi", "science-fiction": "sci-fi", "scifi": "sci-fi",
    "film noir": "film-noir", "noir": "film-noir", "animated": "animation",
    "suspense": "thriller", "history": "drama", "biography": "drama", "sport": "drama",
    "romantic": "romance",
}  # fmt: skip

_RANKS = {genre.lower(): rank for rank, genre in enumerate(RAREST_FIRST)}

DISPLAY, SERIF, ROUND = "display", "serif", "round"
VOICES = {
    **dict.fromkeys(("Drama", "Romance", "Western", "Film-Noir", "Fantasy", "Mystery"), SERIF),
    **dict.fromkeys(("Comedy", "Animation", "Musical", "Children"), ROUND),
}


def ruling_genres(genres: Sequence[str]) -> list[str]:
    """Those of the genres that have motifs of their own, the rarest first; [''] if none has."""
    names = (name.lower() for name in genres)
    ranks = {_RANKS[key] for name in names if (key := ALIASES.get(name, name)) in _RANKS}
    return [RAREST_FIRST[rank] for rank in sorted(ranks)] or [NONE]


def ruling_genre(genres: Sequence[str]) -> str:
    """The rarest of the genres that have motifs of their own; '' if there is none."""
    return ruling_genres(genres)[0]


def voice_of(genre: str) -> str:
    return VOICES.get(genre, DISPLAY)
