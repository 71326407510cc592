"""How a movie's poster looks: its motif and colours, which follow from the movie alone."""

from collections.abc import Sequence
from typing import NamedTuple

from movies.posters.drawn.genres import genres_by_rarity
from movies.posters.drawn.motifs import Motif
from movies.posters.drawn.palettes import PALETTES, Palette
from movies.posters.drawn.seeded_random import SeededRandom, seed_of
from movies.posters.drawn.subjects import motifs_for


class Look(NamedTuple):
    motif: Motif
    palette: Palette
    genre: str  # whose typeface and colours it has


def look_of(
    title: str, year: int | None, genres: Sequence[str], description: str
) -> tuple[Look, SeededRandom]:
    """The look of a movie on every page, and the generator to continue with.

    A poster is a face: whatever stands beside it, a movie is drawn in one way.
    """
    ranked = genres_by_rarity(genres)
    rng = SeededRandom(seed_of(title, year))
    motif = rng.choice(motifs_for(title, year, tuple(ranked), description))
    return Look(motif, rng.choice(PALETTES[ranked[0]]), ranked[0]), rng
