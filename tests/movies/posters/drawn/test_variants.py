"""The variants of one movie's poster."""

from movies.posters import draw, variants_of
from movies.posters.drawn.motifs import MOTIFS
from tests.movies.posters.drawn.examples import (
    FILMS,
)


def test_every_variant_is_a_different_drawing() -> None:
    film = ("Saving Private Ryan", 1998, ("Action", "Drama", "War"))
    variants = variants_of(*film)
    drawings = [draw(*film, variant) for variant in variants]

    assert variants[0].number == 0
    assert drawings[0] == draw(*film)
    assert len(variants) > len(MOTIFS["War"])
    assert len(set(drawings)) == len(variants)


def test_the_palette_of_the_variant_is_the_one_drawn() -> None:
    for film in FILMS[:10]:
        for variant in variants_of(*film):
            assert draw(*film, variant).split('fill="')[1][:7] == variant.palette.ground
