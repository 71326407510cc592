"""Draws a poster as inline SVG from a movie's title, year, genres and description.

Deterministic: the same movie always gets the same poster. Fonts come from the page
(static/css/fonts.css and posters.css).
"""

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import NamedTuple

from movies.posters.drawn.genres import typeface_of
from movies.posters.drawn.lettering import Block, Row, set_title
from movies.posters.drawn.look import look_of
from movies.posters.drawn.motifs import READ_ONE_WAY, Motif
from movies.posters.drawn.palettes import Palette
from movies.posters.drawn.seeded_random import SeededRandom
from movies.posters.drawn.shapes import Pen, num
from movies.posters.drawn.titles import printable

WIDTH, HEIGHT, MARGIN = 240, 360, 16
FOOT, HEAD = 344, 20  # last baseline of a title at the bottom; top of a title at the top
GAP = 16  # between title and motif
FULL_STAGE = 235  # the height that motifs are designed for
FRAMED_BEFORE = 1960
CACHED_POSTERS = 4096  # of about 1.5 kB

_BACKGROUND = f"M0 0h{WIDTH}v{HEIGHT}H0z"


def draw(title: str, year: int | None, genres: Sequence[str], description: str = "") -> str:
    """Inline SVG of the movie's poster, hidden from screen readers; every text in it is escaped.

    The page repeats title and year as real text.
    """
    return (
        '<svg class="poster" viewBox="0 0 240 360" aria-hidden="true" focusable="false">'
        + body(title, year, genres, description)
        + "</svg>"
    )


# Similar fonts for places where the site's own are not available.
FALLBACK_FONTS = {
    "display": "Anton, Impact, 'Arial Narrow', sans-serif",
    "serif": "'Abril Fatface', 'Bodoni MT', Didot, Georgia, serif",
    "round": "'Lilita One', 'Arial Rounded MT Bold', sans-serif",
}


def standalone(title: str, year: int | None, genres: Sequence[str], description: str = "") -> str:
    """The same poster as an SVG document, for places without the page's fonts.

    Every line is stretched to its measured width, whatever font it is set in.
    """
    name = escape(printable(f"{title} ({year})" if year else title))
    sheet = _body(title, year, tuple(genres), description, stretched=True)
    for typeface, faces in FALLBACK_FONTS.items():
        sheet = sheet.replace(f'class="poster-{typeface}"', f'font-family="{faces}"')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="480" height="720"'
        f' viewBox="0 0 240 360" role="img"><title>{name}</title>' + sheet + "</svg>"
    )


def body(title: str, year: int | None, genres: Sequence[str], description: str = "") -> str:
    """The shapes and texts of a poster, without the `<svg>` element around them."""
    return _body(title, year, tuple(genres), description)


class Layout(NamedTuple):
    """Where the title stands, and the area left for the motif."""

    title_y: float
    stage_y: float
    stage_h: float
    at_head: bool
    panel: bool  # the title stands on a panel of its own, with swapped colours


def _layout(block: Block, rng: SeededRandom) -> Layout:
    at_head, panel = rng.chance(0.3), rng.chance(0.28)
    taken = block.height + GAP
    if at_head:
        edge = round(HEAD + taken)
        return Layout(HEAD, edge, HEIGHT - edge, True, panel)
    edge = round(FOOT - taken)
    return Layout(FOOT - block.height, 0, edge, False, panel)


@lru_cache(maxsize=CACHED_POSTERS)
def _body(
    title: str,
    year: int | None,
    genres: tuple[str, ...],
    description: str,
    stretched: bool = False,
) -> str:
    (motif, palette, genre), rng = look_of(title, year, genres, description)
    block = set_title(title, year, typeface_of(genre))
    layout = _layout(block, rng)
    parts = [
        f'<path fill="{palette.ground}" d="{_BACKGROUND}"/>',
        _stage(motif, layout, palette, rng),
        _panel(layout, palette) if layout.panel else "",
        _lettering(block, layout, palette.ground if layout.panel else palette.ink, stretched),
    ]
    if year is not None and year < FRAMED_BEFORE:
        parts.append(_frame(palette))
    return "".join(parts)


def _stage(motif: Motif, layout: Layout, palette: Palette, rng: SeededRandom) -> str:
    """The motif in an inner `<svg>`, which clips it without needing an id.

    Where there is little height it is drawn a little taller, and clipped on the side away from the
    title.
    """
    mirrored = rng.chance(0.5) and motif not in READ_ONE_WAY
    h = layout.stage_h
    tall = round(h + max(0.0, FULL_STAGE - h) * 0.4)
    drawn = motif(Pen(tall, palette, rng))
    if mirrored:
        drawn = f'<g transform="matrix(-1 0 0 1 240 0)">{drawn}</g>'
    y = f' y="{layout.stage_y:g}"' if layout.stage_y else ""
    hidden = 0 if layout.at_head or tall == h else tall - h
    view = f' viewBox="0 {hidden:g} {WIDTH} {h:g}"' if hidden else ""
    return f'<svg{y} width="{WIDTH}" height="{h:g}"{view}>{drawn}</svg>'


def _panel(layout: Layout, palette: Palette) -> str:
    """Overlaps the motif by one unit, or the ground would show between them."""
    y, h = (0, layout.stage_y) if layout.at_head else (layout.stage_h - 1, HEIGHT - layout.stage_h)
    return f'<path fill="{palette.ink}" d="M0 {y:g}h{WIDTH}v{h + 1:g}H0z"/>'


def _frame(palette: Palette) -> str:
    """A thin line inside the edge, as on posters before 1960."""
    return (
        f'<path fill="none" stroke="{palette.ink}" stroke-width="1.5" d="M7.5 7.5h225v345H7.5z"/>'
    )


def _lettering(block: Block, layout: Layout, colour: str, stretched: bool) -> str:
    x, direction = (MARGIN, "") if block.rightwards else (WIDTH - MARGIN, ' direction="rtl"')
    rows = "".join(_row(row, x, layout.title_y, stretched) for row in block.rows)
    typeface = block.rows[0].typeface
    return f'<g class="poster-{typeface}" fill="{colour}"{direction}>{rows}</g>'


def _row(row: Row, x: float, top: float, stretched: bool) -> str:
    length = f' textLength="{num(row.em * row.size)}"' if stretched else ""
    adjust = ' lengthAdjust="spacingAndGlyphs"' if stretched else ""
    return (
        f'<text x="{x}" y="{num(top + row.y)}" font-size="{num(row.size)}"{length}{adjust}>'
        f"{escape(row.text)}</text>"
    )
