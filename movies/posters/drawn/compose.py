"""A poster from what is known about a movie: title, year and genres.

Nothing is fetched: the same movie always gets the same poster, as SVG markup to stand inside a
page. A wall on which neighbours would resemble each other asks for another look of the movie.
Faces come from the page (static/css/fonts.css and posters.css).
"""

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import NamedTuple

from movies.posters.drawn.genres import ruling_genre, voice_of
from movies.posters.drawn.lettering import Block, Row, set_title
from movies.posters.drawn.motifs import READ_ONE_WAY, Motif
from movies.posters.drawn.palettes import Palette
from movies.posters.drawn.seeded_random import Dice
from movies.posters.drawn.shapes import Pen, num
from movies.posters.drawn.titles import printable
from movies.posters.drawn.variants import Look, own_look

WIDTH, HEIGHT, MARGIN = 240, 360, 16
FOOT, HEAD = 344, 20  # last baseline of a title at the foot; top of a title at the head
GAP = 16  # between title and motif
FULL_STAGE = 235  # a window as high as motifs are meant for
FRAMED_BEFORE = 1960
CACHED_POSTERS = 4096  # of about 1.5 kB

_BACKGROUND = f"M0 0h{WIDTH}v{HEIGHT}H0z"


def draw(title: str, year: int | None, genres: Sequence[str], look: Look | None = None) -> str:
    """Inline SVG of this movie's poster; decoration, so hidden from screen readers.

    Every text in it is escaped. The page repeats title and year as real text. Without `look` the
    movie's own.
    """
    return (
        '<svg class="poster" viewBox="0 0 240 360" aria-hidden="true" focusable="false">'
        + body(title, year, genres, look)
        + "</svg>"
    )


# What stands nearest to each voice where the site's own faces are not to be had.
FACES_ELSEWHERE = {
    "display": "Anton, Impact, 'Arial Narrow', sans-serif",
    "serif": "'Abril Fatface', 'Bodoni MT', Didot, Georgia, serif",
    "round": "'Lilita One', 'Arial Rounded MT Bold', sans-serif",
}


def standalone(title: str, year: int | None, genres: Sequence[str]) -> str:
    """The same poster as a document of its own, for places without the page's faces.

    Every line is stretched to the width it was measured at, whatever face sets it.
    """
    name = escape(printable(f"{title} ({year})" if year else title))
    sheet = _body(title, year, ruling_genre(genres), stretched=True)
    for voice, faces in FACES_ELSEWHERE.items():
        sheet = sheet.replace(f'class="poster-{voice}"', f'font-family="{faces}"')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="480" height="720"'
        f' viewBox="0 0 240 360" role="img"><title>{name}</title>' + sheet + "</svg>"
    )


def body(title: str, year: int | None, genres: Sequence[str], look: Look | None = None) -> str:
    """What is on the sheet, without the sheet."""
    other = look if look and look.turn else None
    return _body(title, year, ruling_genre(genres), other)


class Layout(NamedTuple):
    """Where the title stands and what is left for the motif."""

    title_y: float
    stage_y: float
    stage_h: float
    at_head: bool
    panel: bool  # the title on a panel of its own, colours exchanged


def _layout(block: Block, dice: Dice) -> Layout:
    at_head, panel = dice.chance(0.3), dice.chance(0.28)
    taken = block.height + GAP
    if at_head:
        edge = round(HEAD + taken)
        return Layout(HEAD, edge, HEIGHT - edge, True, panel)
    edge = round(FOOT - taken)
    return Layout(FOOT - block.height, 0, edge, False, panel)


@lru_cache(maxsize=CACHED_POSTERS)
def _body(
    title: str, year: int | None, genre: str, look: Look | None = None, stretched: bool = False
) -> str:
    own, dice = own_look(title, year, genre)
    motif, palette, _turn = look or own
    block = set_title(title, year, voice_of(genre))
    layout = _layout(block, dice)
    parts = [
        f'<path fill="{palette.ground}" d="{_BACKGROUND}"/>',
        _stage(motif, layout, palette, dice),
        _panel(layout, palette) if layout.panel else "",
        _lettering(block, layout, palette.ground if layout.panel else palette.ink, stretched),
    ]
    if year is not None and year < FRAMED_BEFORE:
        parts.append(_frame(palette))
    return "".join(parts)


def _stage(motif: Motif, layout: Layout, palette: Palette, dice: Dice) -> str:
    """The motif in a window that cuts off what is larger: an inner svg needs no id for that.

    In a low window it is drawn a little taller, and runs off the sheet on the side away from the
    title.
    """
    mirrored = dice.chance(0.5) and motif not in READ_ONE_WAY
    h = layout.stage_h
    tall = round(h + max(0.0, FULL_STAGE - h) * 0.4)
    drawn = motif(Pen(tall, palette, dice))
    if mirrored:
        drawn = f'<g transform="matrix(-1 0 0 1 240 0)">{drawn}</g>'
    y = f' y="{layout.stage_y:g}"' if layout.stage_y else ""
    hidden = 0 if layout.at_head or tall == h else tall - h
    view = f' viewBox="0 {hidden:g} {WIDTH} {h:g}"' if hidden else ""
    return f'<svg{y} width="{WIDTH}" height="{h:g}"{view}>{drawn}</svg>'


def _panel(layout: Layout, palette: Palette) -> str:
    """One unit over the edge of the window, or the ground would shine through between them."""
    y, h = (0, layout.stage_y) if layout.at_head else (layout.stage_h - 1, HEIGHT - layout.stage_h)
    return f'<path fill="{palette.ink}" d="M0 {y:g}h{WIDTH}v{h + 1:g}H0z"/>'


def _frame(palette: Palette) -> str:
    """A thin line inside the edge, as printers set it before 1960."""
    return (
        f'<path fill="none" stroke="{palette.ink}" stroke-width="1.5" d="M7.5 7.5h225v345H7.5z"/>'
    )


def _lettering(block: Block, layout: Layout, colour: str, stretched: bool) -> str:
    x, direction = (MARGIN, "") if block.rightwards else (WIDTH - MARGIN, ' direction="rtl"')
    rows = "".join(_row(row, x, layout.title_y, stretched) for row in block.rows)
    voice = block.rows[0].voice
    return f'<g class="poster-{voice}" fill="{colour}"{direction}>{rows}</g>'


def _row(row: Row, x: float, top: float, stretched: bool) -> str:
    length = f' textLength="{num(row.em * row.size)}"' if stretched else ""
    adjust = ' lengthAdjust="spacingAndGlyphs"' if stretched else ""
    return (
        f'<text x="{x}" y="{num(top + row.y)}" font-size="{num(row.size)}"{length}{adjust}>'
        f"{escape(row.text)}</text>"
    )
