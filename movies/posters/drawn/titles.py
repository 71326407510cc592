"""Splitting a title into article, name and subtitle, which a poster sets in different sizes."""

import re
import unicodedata
from typing import NamedTuple

from movies.titles import article_in_front

# "Die" and "La" are left out because of Die Hard and La La Land.
_ARTICLE = re.compile(r"^(the|a|an|le|les|l'|das|der|el|il) ?(?=\w)(?<=[ '])", re.IGNORECASE)
_BREAK = re.compile(r"\s*:\s+|\s+[-–—]\s+|,?\s+(?=or(?:[:,] | \())|\s+(?=\()|\s+/\s+")
_JOINERS = "\u200c\u200d"
_NOT_XML = re.compile("[\ufffe\uffff\U0001fffe\U0001ffff]")


class TitleParts(NamedTuple):
    article: str
    name: str
    subtitle: str


def printable(text: str) -> str:
    """Text without the characters that XML forbids or that change the direction of a line."""
    kept = "".join(
        char if char.isprintable() or char in _JOINERS else " " if char.isspace() else ""
        for char in text
    )
    return " ".join(_NOT_XML.sub("", kept).split())


def _subtitle_split(title: str) -> tuple[str, str]:
    """Split at a colon, dash or bracket, if both parts can stand alone."""
    match = _BREAK.search(title)
    if not match or match.start() < 2:
        return title, ""
    name, subtitle = title[: match.start()], title[match.end() :]
    if subtitle[:1] == "(" and subtitle[-1:] == ")":
        subtitle = subtitle[1:-1].strip()
    if " " not in subtitle and len(subtitle) < 16 and "(" not in title:
        return title, ""  # "Alien: Resurrection" is one name
    return name, subtitle


def parts_of(title: str) -> TitleParts:
    """'The Lord of the Rings: The Two Towers' -> The / Lord of the Rings / The Two Towers."""
    clean = article_in_front(printable(unicodedata.normalize("NFC", title))) or "Untitled"
    name, subtitle = _subtitle_split(clean)
    match = _ARTICLE.match(name)
    if not match:
        return TitleParts("", name, subtitle)
    return TitleParts(match[1], name[match.end() :], subtitle)
