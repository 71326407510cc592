"""What people write about themselves and their things, as it may be shown: plain and visible."""

import unicodedata


def one_line(text: str) -> str:
    """A name in one line: no invisible characters, single spaces."""
    return " ".join(_visible(" ".join(text.split())).split())


def paragraphs(text: str) -> str:
    """Lines as they were written, without invisible characters; at most one empty line between."""
    lines = [" ".join(_visible(line).split()) for line in text.splitlines()]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()


def _visible(text: str) -> str:
    # Controls turn the reading direction, hide letters or break a line of somebody else's page.
    seen = "".join(c if c.isspace() or unicodedata.category(c)[0] != "C" else "" for c in text)
    return unicodedata.normalize("NFC", seen)
