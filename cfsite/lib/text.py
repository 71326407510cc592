"""Cleaning of text that users write and others will see."""

import unicodedata


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
    if text.isascii() and text.isprintable():
        return text
    # Control characters can reverse the reading direction or hide letters on the rest of a page.
    seen = "".join(c if c.isspace() or unicodedata.category(c)[0] != "C" else "" for c in text)
    return unicodedata.normalize("NFC", seen)
