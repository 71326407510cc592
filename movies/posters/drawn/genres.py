"""Which of a movie's genres decides how its poster looks, and in which typeface it is set."""

from collections.abc import Sequence

# The rarest genre says most about a film; nearly everything is a drama or a comedy.
# IMAX is rare, but last: it is a kind of screen, not of film.
RAREST_FIRST = (
    "Film-Noir", "Western", "Musical", "War", "Documentary", "Animation", "Mystery", "Fantasy",
    "Children", "Horror", "Sci-Fi", "Crime", "Adventure", "Romance", "Action", "Thriller",
    "Comedy", "Drama", "IMAX",
)  # fmt: skip
NO_GENRE = ""

# Names used by other catalogues and older data sets.
ALIASES = {
    "children's": "children", "family": "children", "kids": "children", "music": "musical",
    "science fiction": "sci-fi", "science-fiction": "sci-fi", "scifi": "sci-fi",
    "film noir": "film-noir", "noir": "film-noir", "animated": "animation",
    "suspense": "thriller", "history": "drama", "biography": "drama", "sport": "drama",
    "romantic": "romance",
}  # fmt: skip

_RANKS = {genre.lower(): rank for rank, genre in enumerate(RAREST_FIRST)}

DISPLAY, SERIF, ROUND = "display", "serif", "round"
TYPEFACES = {
    **dict.fromkeys(("Drama", "Romance", "Western", "Film-Noir", "Fantasy", "Mystery"), SERIF),
    **dict.fromkeys(("Comedy", "Animation", "Musical", "Children"), ROUND),
}


def genres_by_rarity(genres: Sequence[str]) -> list[str]:
    """The genres that have motifs of their own, rarest first; [''] if none has."""
    names = (name.lower() for name in genres)
    ranks = {_RANKS[key] for name in names if (key := ALIASES.get(name, name)) in _RANKS}
    return [RAREST_FIRST[rank] for rank in sorted(ranks)] or [NO_GENRE]


def typeface_of(genre: str) -> str:
    return TYPEFACES.get(genre, DISPLAY)
