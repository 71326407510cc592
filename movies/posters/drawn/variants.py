"""How a movie's poster may look: one look that is its own, and others for crowded walls."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from movies.posters.drawn.genres import NONE, ruling_genres
from movies.posters.drawn.motifs import MOTIFS, Motif
from movies.posters.drawn.palettes import PALETTES, Palette
from movies.posters.drawn.seeded_random import Dice, seed_of

CACHED_LOOKS = 4096
# Whose motifs suit any movie, where a small genre has too few for a wall of itself.
COMMONEST = "Drama"
# Numbers far apart, so that a look and its alternatives throw different dice.
_APART = 0x9E3779B1


class Look(NamedTuple):
    motif: Motif
    palette: Palette
    turn: int  # 0: the movie's own look; others are numbered


def own_look(title: str, year: int | None, genre: str) -> tuple[Look, Dice]:
    """The look a movie has wherever it stands alone, and the dice to go on drawing with."""
    dice = Dice(seed_of(title, year))
    motif, palette = dice.pick(MOTIFS[genre]), dice.pick(PALETTES[genre])
    return Look(motif, palette, 0), dice


@lru_cache(maxsize=CACHED_LOOKS)
def looks_of(title: str, year: int | None, genres: tuple[str, ...]) -> tuple[Look, ...]:
    """The movie's own look, then those with the other motifs: of its genre, then of its others.

    Always the same ones in the same order.
    """
    ruling = ruling_genres(genres)
    own, _dice = own_look(title, year, ruling[0])
    looks, known = [own], {own.motif}
    for motif, palette in _others(seed_of(title, year), ruling):
        if motif not in known:
            known.add(motif)
            looks.append(Look(motif, palette, len(looks)))
    return tuple(looks)


def _others(seed: int, genres: Sequence[str]) -> Iterator[tuple[Motif, Palette]]:
    dice = Dice(seed ^ _APART)
    for genre in dict.fromkeys((*genres[:2], NONE, COMMONEST)):
        motifs = list(MOTIFS[genre])
        while motifs:
            motif = dice.pick(motifs)
            motifs.remove(motif)
            yield motif, dice.pick(PALETTES[genre])
