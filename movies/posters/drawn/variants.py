"""The ways in which a movie's poster can be drawn: its own variant, and alternatives to it."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from movies.posters.drawn.genres import NO_GENRE, genres_by_rarity
from movies.posters.drawn.motifs import MOTIFS, Motif
from movies.posters.drawn.palettes import PALETTES, Palette
from movies.posters.drawn.seeded_random import SeededRandom, seed_of

CACHED_VARIANTS = 4096
# Its motifs suit any movie. Small genres have too few of their own to fill a page.
FALLBACK_GENRE = "Drama"
# Changes every bit group of a seed, so that the alternatives are independent of the own variant.
_SEED_OF_ALTERNATIVES = 0x9E3779B1


class Variant(NamedTuple):
    motif: Motif
    palette: Palette
    number: int  # 0 is the movie's own variant


def own_variant(title: str, year: int | None, genre: str) -> tuple[Variant, SeededRandom]:
    """The variant used wherever the poster stands alone, and the generator to continue with."""
    rng = SeededRandom(seed_of(title, year))
    motif, palette = rng.choice(MOTIFS[genre]), rng.choice(PALETTES[genre])
    return Variant(motif, palette, 0), rng


@lru_cache(maxsize=CACHED_VARIANTS)
def variants_of(title: str, year: int | None, genres: tuple[str, ...]) -> tuple[Variant, ...]:
    """The movie's own variant, then one for each other motif: rarest genre first.

    Deterministic: the same movie always gets the same variants in the same order.
    """
    ranked = genres_by_rarity(genres)
    own, _rng = own_variant(title, year, ranked[0])
    variants, known = [own], {own.motif}
    for motif, palette in _alternatives(seed_of(title, year), ranked):
        if motif not in known:
            known.add(motif)
            variants.append(Variant(motif, palette, len(variants)))
    return tuple(variants)


def _alternatives(seed: int, genres: Sequence[str]) -> Iterator[tuple[Motif, Palette]]:
    rng = SeededRandom(seed ^ _SEED_OF_ALTERNATIVES)
    for genre in dict.fromkeys((*genres[:2], NO_GENRE, FALLBACK_GENRE)):
        motifs = list(MOTIFS[genre])
        while motifs:
            motif = rng.choice(motifs)
            motifs.remove(motif)
            yield motif, rng.choice(PALETTES[genre])
