"""Widths of text in the fonts that the site serves.

A title measured with another cut of a font would run off its poster, so the table beside this
module (`advances.json`: typeface -> advance in thousandths of an em -> characters) is generated
from static/fonts. After changing a font, in an environment with fontTools and brotli:

    python -m movies.posters.drawn.font_metrics

The site itself only reads the table.
"""

import json
import unicodedata
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).with_name("advances.json")
FONTS = Path(__file__).resolve().parents[3] / "static" / "fonts"
# Typeface -> files in the order in which browsers try them, with their size-adjust of fonts.css.
FILES: dict[str, tuple[tuple[str, float], ...]] = {
    "display": (
        ("anton-latin.woff2", 1.0),
        ("anton-latin-ext.woff2", 1.0),
        ("sofia-sans-extra-condensed-cyrillic.woff2", 1.25),
    ),
    "serif": (("abril-fatface-latin.woff2", 1.0), ("abril-fatface-latin-ext.woff2", 1.0)),
    "round": (("lilita-one-latin.woff2", 1.0), ("lilita-one-latin-ext.woff2", 1.0)),
}
# Other characters are set in a font of the visitor's machine; assume a bold one.
UNKNOWN_EM, WIDE_EM = 0.68, 1.0


def _read_table() -> dict[str, dict[str, float]]:
    table = json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else {}
    return {
        typeface: {char: int(mille) / 1000 for mille, chars in rows.items() for char in chars}
        for typeface, rows in table.items()
    }


ADVANCES = _read_table()


@lru_cache(maxsize=4096)
def _unknown(char: str) -> float:
    if unicodedata.combining(char) or unicodedata.category(char) == "Cf":
        return 0.0
    return WIDE_EM if unicodedata.east_asian_width(char) in "WF" else UNKNOWN_EM


def width(text: str, typeface: str) -> float:
    """Width in em without kerning, which narrows lines in these fonts more than it widens them."""
    advances = ADVANCES[typeface]
    return sum([advances[c] if c in advances else _unknown(c) for c in text])


def is_covered(text: str, typeface: str) -> bool:
    """Whether the files of this typeface have every character."""
    advances = ADVANCES[typeface]
    return all(char in advances for char in text)


def _advances_of(file: str, adjust: float) -> dict[str, int]:
    from fontTools.ttLib import TTFont  # type: ignore[import-not-found]

    font = TTFont(FONTS / file)
    em, metrics = font["head"].unitsPerEm, font["hmtx"]
    return {
        chr(code): round(metrics[name][0] * adjust * 1000 / em)
        for code, name in font.getBestCmap().items()
        if chr(code).isprintable()
    }


def write_table() -> None:
    table: dict[str, dict[str, str]] = {}
    for typeface, files in FILES.items():
        advances: dict[str, int] = {}
        for file, adjust in files:
            advances = {**_advances_of(file, adjust), **advances}
        rows: dict[str, str] = {}
        for char, advance in sorted(advances.items(), key=lambda pair: (pair[1], pair[0])):
            rows[str(advance)] = rows.get(str(advance), "") + char
        table[typeface] = rows
    TABLE.write_text(json.dumps(table, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_table()
