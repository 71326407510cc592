"""Motifs draw well-formed shapes, in their palette, that vary."""

import re

import pytest

from movies.posters.drawn.motifs import MOTIFS, things
from movies.posters.drawn.palettes import (
    PALETTES,
)
from movies.posters.drawn.seeded_random import SeededRandom
from movies.posters.drawn.shapes import Pen
from tests.movies.posters.drawn.examples import (
    BIG,
    EVERY_GENRE,
    elements,
)

# Motifs by genre, and those that only words of a title or a description call for.
BY_GROUP = {**MOTIFS, "things": things.MOTIFS}


@pytest.mark.parametrize("genre", EVERY_GENRE)
def test_every_genre_has_enough_motifs_and_palettes(genre: str) -> None:
    motifs, palettes = (6, 4) if genre in BIG else (3, 3)
    assert len(set(MOTIFS[genre])) >= motifs
    assert len(set(PALETTES[genre])) >= palettes


@pytest.mark.parametrize("group", BY_GROUP)
def test_motifs_draw_well_formed_shapes_in_the_palette_at_any_height(group: str) -> None:
    palette = PALETTES.get(group, PALETTES["Drama"])[0]
    for motif in BY_GROUP[group]:
        for height in (70, 150, 280):
            drawn = motif(Pen(height, palette, SeededRandom(height)))
            parts = elements(f"<svg>{drawn}</svg>")[1:]
            used = {e.get(name) for e in parts for name in ("fill", "stroke")} - {None, "none"}
            assert used <= set(palette), motif.__name__
            assert len(used) >= 2, motif.__name__
            assert "nan" not in drawn
            assert not re.search(r"\de[-+]\d", drawn), motif.__name__
            assert len(drawn) < 4500, motif.__name__


@pytest.mark.parametrize("group", BY_GROUP)
def test_motifs_vary_with_the_seed(group: str) -> None:
    palette = PALETTES.get(group, PALETTES["Drama"])[0]
    for motif in BY_GROUP[group]:
        drawings = {motif(Pen(220, palette, SeededRandom(seed))) for seed in range(20)}
        assert len(drawings) >= 6, motif.__name__
