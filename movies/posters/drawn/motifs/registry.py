"""The motifs of each genre."""

from collections.abc import Callable

from movies.posters.drawn.genres import NO_GENRE
from movies.posters.drawn.motifs import (
    action,
    comedy,
    crime,
    drama,
    horror_and_thriller,
    journeys,
    musical_and_documentary,
    noir_and_west,
    romance,
    science_fiction,
    screens,
    war_and_fantasy,
    young,
)
from movies.posters.drawn.shapes import Pen

Motif = Callable[[Pen], str]

MOTIFS: dict[str, tuple[Motif, ...]] = {
    "Comedy": comedy.MOTIFS,
    "Drama": drama.MOTIFS,
    "Romance": romance.MOTIFS,
    "Thriller": horror_and_thriller.THRILLER,
    "Horror": horror_and_thriller.HORROR,
    "Action": action.MOTIFS,
    "Sci-Fi": science_fiction.MOTIFS,
    "Crime": crime.MOTIFS,
    "Film-Noir": noir_and_west.FILM_NOIR,
    "Western": noir_and_west.WESTERN,
    "Musical": musical_and_documentary.MUSICAL,
    "Documentary": musical_and_documentary.DOCUMENTARY,
    "Animation": young.ANIMATION,
    "Children": young.CHILDREN,
    "War": war_and_fantasy.WAR,
    "Fantasy": war_and_fantasy.FANTASY,
    "Mystery": journeys.MYSTERY,
    "Adventure": journeys.ADVENTURE,
    "IMAX": screens.LARGE_SCREEN,
    NO_GENRE: screens.ANY,
}
# Letters, notes and cards must not be mirrored.
READ_ONE_WAY: frozenset[Motif] = frozenset(
    {musical_and_documentary.notes, musical_and_documentary.keys, journeys.question, crime.ace}
)
