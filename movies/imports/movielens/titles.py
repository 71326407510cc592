"""Parses MovieLens titles like 'Seven Samurai, The (Shichinin no samurai) (1954)'."""

import re
from typing import NamedTuple

from cfsite.lib.text import one_line
from movies.titles import article_in_front, fold

EARLIEST, LATEST = 1870, 2200

_YEAR = re.compile(r"^(?P<rest>.*\S)\s*\((?P<year>[0-9]{4})(?:\s*[-–—]\s*(?:[0-9]{4})?)?\s*\)$")
# Marks of video and television releases, which are dropped.
_RELEASE = re.compile(r"^(?P<rest>.*\S)\s*\((?:V|TV)\)$")
_ALIAS = re.compile(r"^(?P<rest>.*[^\s(])\s*\((?P<alias>[^()]+)\)$")
_ALSO_KNOWN_AS = re.compile(r"^a\.?\s?k\.?\s?a\.?:?\s+", re.IGNORECASE)
# "(Part 2)", "(Director's Cut)" and "(2)" distinguish movies; they are not alternative titles.
_NO_ALIAS = re.compile(
    r"^[\W\d_]+$|\b(?:part|vol|volume|season|series|episode|version|cut|edition|3d|imax)\b",
    re.IGNORECASE,
)


class ParsedTitle(NamedTuple):
    title: str
    original_title: str
    year: int | None


def parse_title(text: str) -> ParsedTitle:
    """The title, the original title, and the first year.

    A name in parentheses becomes the original title, so that search finds it; one marked a.k.a.
    only if there is no other.
    """
    rest, year = _split_year(one_line(text))
    title, aliases = _split_aliases(rest)
    title = article_in_front(title)
    original = _original(aliases)
    return ParsedTitle(title, original if fold(original) != fold(title) else "", year)


def _split_year(text: str) -> tuple[str, int | None]:
    if text.endswith("))") and text.count(")") > text.count("("):
        text = text[:-1]
    while match := _RELEASE.match(text):
        text = match["rest"]
    match = _YEAR.match(text)
    if not match or not EARLIEST <= int(match["year"]) <= LATEST:
        return text, None
    rest = match["rest"]
    while match_release := _RELEASE.match(rest):
        rest = match_release["rest"]
    return rest, int(match["year"])


def _split_aliases(text: str) -> tuple[str, list[str]]:
    """The title, and the names in parentheses after it, last one first."""
    aliases = []
    while (match := _ALIAS.match(text)) and not _NO_ALIAS.search(match["alias"].strip()):
        aliases.append(match["alias"].strip())
        text = match["rest"]
    return text, aliases


def _original(aliases: list[str]) -> str:
    """The name next to the year is the original title; the others are translations."""
    known_as = [alias for alias in aliases if _ALSO_KNOWN_AS.match(alias)]
    plain = [alias for alias in aliases if alias not in known_as]
    name = (plain or known_as or [""])[0]
    return article_in_front(_ALSO_KNOWN_AS.sub("", name))
