"""Cleaning of text that users write and others will see."""

import unicodedata
from typing import Any

from django.db import models

# Zero width non-joiner and joiner.
_JOINERS = "\u200c\u200d"
_VARIATION_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))
# Letters and marks without any ink.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co"})


class OneLineField(models.CharField):
    """Text on one line without invisible characters, whichever way it is written.

    Forms, `save`, `bulk_create` and `update` all clean it. For the database it is a CharField.
    """

    def deconstruct(self) -> Any:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return one_line(text) if isinstance(text, str) else text

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = one_line(value)
            setattr(model_instance, self.attname, value)
        return value


def one_line(text: str) -> str:
    """The text on one line, with single spaces and without invisible characters."""
    return " ".join(_visible(" ".join(text.split())).split())


def paragraphs(text: str) -> str:
    """The text without invisible characters and with at most one empty line between lines."""
    lines = [" ".join(_visible(line).split()) for line in text.splitlines()]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()


def _visible(text: str) -> str:
    """Without characters that reverse the reading direction or hide letters on the page.

    Joiners stay where they change what one sees: inside emoji, and between letters of Arabic and
    Indian scripts.
    """
    if text.isascii() and text.isprintable():
        return text
    kept: list[str] = []
    for place, char in enumerate(text):
        before = kept[-1] if kept else ""
        if char in _JOINERS:
            is_seen = _joins(char, before, text[place + 1 : place + 2])
        elif char in _VARIATION_SELECTORS:
            is_seen = bool(before.strip()) and before not in _VARIATION_SELECTORS
        else:
            is_seen = char.isspace() or _has_ink(char)
        if is_seen:
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


def _has_ink(char: str) -> bool:
    # Characters of later versions of Unicode are not known here; most are emoji.
    is_noncharacter = ord(char) & 0xFFFE == 0xFFFE or "\ufdd0" <= char <= "\ufdef"
    is_special = "\U000e0000" <= char <= "\U000e0fff" or "\ufff0" <= char <= "\ufffb"
    return not (
        is_noncharacter
        or is_special
        or char in _BLANK
        or unicodedata.category(char) in _INVISIBLE_CATEGORIES
    )


def _joins(joiner: str, before: str, after: str) -> bool:
    if not before or not after:
        return False
    if joiner == "\u200d" and unicodedata.category(after) == "So":
        return before in _VARIATION_SELECTORS or unicodedata.category(before) in ("So", "Sk")
    return _joins_letters(before) and _joins_letters(after)


def _joins_letters(char: str) -> bool:
    return "\u0600" <= char <= "\u0fff" and unicodedata.category(char)[0] in "LM"
