"""Every palette is legible."""

import pytest

from movies.posters.drawn.palettes import (
    ACCENT_CONTRAST,
    INK_CONTRAST,
    PALETTES,
    SECOND_CONTRAST,
    contrast,
)


def all_palettes() -> list[tuple[str, ...]]:
    return [(genre, *palette) for genre, palettes in PALETTES.items() for palette in palettes]


@pytest.mark.parametrize(("genre", "ground", "ink", "accent", "second"), all_palettes())
def test_every_palette_is_legible(
    genre: str, ground: str, ink: str, accent: str, second: str
) -> None:
    assert contrast(ground, ink) >= INK_CONTRAST >= 4.5
    assert contrast(ground, accent) >= ACCENT_CONTRAST >= 1.5
    assert contrast(ink, accent) >= ACCENT_CONTRAST
    for other in (ground, ink, accent):
        assert contrast(second, other) >= SECOND_CONTRAST


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
