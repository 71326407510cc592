"""How wide a line of type is, from the advances of the very font files the site delivers.

A title measured with any other cut of a face runs off its poster, so the table beside this module
(`advances.json`: voice -> advance in thousandths of an em -> characters) is written from
static/fonts. After changing a font, in an environment that has fontTools and brotli:

    python -m movies.posters.measuring

The site itself only reads the table.
"""

import json
import unicodedata
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).with_name("advances.json")
FONTS = Path(__file__).resolve().parents[3] / "static" / "fonts"
# Voice -> files in the order the browser asks them, each with its size-adjust from fonts.css.
FILES: dict[str, tuple[tuple[str, float], ...]] = {
    "display": (
        ("anton-latin.woff2", 1.0),
        ("anton-latin-ext.woff2", 1.0),
        ("sofia-sans-extra-condensed-cyrillic.woff2", 1.25),
    ),
    "serif": (("abril-fatface-latin.woff2", 1.0), ("abril-fatface-latin-ext.woff2", 1.0)),
    "round": (("lilita-one-latin.woff2", 1.0), ("lilita-one-latin-ext.woff2", 1.0)),
}
# Characters that no vendored face has are set by the visitor's machine: room for a bold face.
UNKNOWN_EM, WIDE_EM = 0.68, 1.0


def _read_table() -> dict[str, dict[str, float]]:
    table = json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else {}
    return {
        voice: {char: int(mille) / 1000 for mille, chars in rows.items() for char in chars}
        for voice, rows in table.items()
    }


ADVANCES = _read_table()


@lru_cache(maxsize=4096)
def _unknown(char: str) -> float:
    if unicodedata.combining(char) or unicodedata.category(char) == "Cf":
        return 0.0
    return WIDE_EM if unicodedata.east_asian_width(char) in "WF" else UNKNOWN_EM


def width(text: str, voice: str) -> float:
    """Width in em, without kerning (which, in these faces, takes away more than it adds)."""
    advances = ADVANCES[voice]
    return sum([advances[c] if c in advances else _unknown(c) for c in text])


def is_covered(text: str, voice: str) -> bool:
    """Whether the voice's own font files have every character."""
    advances = ADVANCES[voice]
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
    for voice, files in FILES.items():
        advances: dict[str, int] = {}
        for file, adjust in files:
            advances = {**_advances_of(file, adjust), **advances}
        rows: dict[str, str] = {}
        for char, advance in sorted(advances.items(), key=lambda pair: (pair[1], pair[0])):
            rows[str(advance)] = rows.get(str(advance), "") + char
        table[voice] = rows
    TABLE.write_text(json.dumps(table, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_table()
