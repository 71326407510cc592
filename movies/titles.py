"""Conversions of titles: from data sets, for display, and for search and sorting."""

import re
import unicodedata

from cfsite.lib.text import one_line

ARTICLES = tuple(
    [
        "the",
        "a",
        "an",
        "le",
        "la",
        "les",
        "l'",
        "un",
        "une",
        "el",
        "los",
        "las",
        "lo",
        "il",
        "gli",
        "i",
        "der",
        "die",
        "das",
        "ein",
        "eine",
        "den",
        "det",
        "en",
        "ett",
        "de",
        "het",
        "o",
        "os",
        "as",
    ]
)

_MOVED_ARTICLE = re.compile(
    rf"^(?P<rest>.+), (?P<article>{'|'.join(re.escape(word) for word in ARTICLES)})$",
    re.IGNORECASE,
)
_LEADING_ARTICLE = re.compile(r"^(?:the|a|an) (?=\S)")
_NOT_WORD = re.compile(r"[\W_]+")
# Letters that are no letter with an accent to Unicode, but to people who type without them.
LETTERS = str.maketrans(
    {
        **{"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"},
        **{"ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k", "ɨ": "i", "ƀ": "b", "ɓ": "b", "ɖ": "d"},
        **{"ɗ": "d", "ƒ": "f", "ǥ": "g", "ɠ": "g", "ƙ": "k", "ƥ": "p", "ƭ": "t", "ɵ": "o"},
        **{"ư": "u", "ơ": "o", "ȼ": "c", "ɇ": "e", "ɉ": "j", "ɍ": "r", "ɏ": "y", "ƶ": "z"},
    }
)
# Separates the titles of a movie in its key, so it cannot be one.
_SLASH, _SLASH_OF_TITLE = "/", "\N{FRACTION SLASH}"


def article_in_front(title: str) -> str:
    """'Usual Suspects, The' -> 'The Usual Suspects'."""
    match = _MOVED_ARTICLE.match(title)
    if not match:
        return title
    article, rest = match["article"], match["rest"]
    return f"{article}{rest}" if article.endswith("'") else f"{article} {rest}"


def fold(text: str) -> str:
    """Lower case without accents, punctuation as single spaces: 'Amélie!' -> 'amelie'.

    A text without letters and digits keeps its signs: '$', '...', an emoji.
    """
    visible = one_line(text)
    plain = _NOT_WORD.sub(" ", without_accents(visible).replace("&", " and ")).strip()
    return plain or _signs(visible)


def without_accents(text: str) -> str:
    """Lower case without accents and ligatures: 'Café Œdipe #1' -> 'cafe oedipe #1'."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return plain.casefold().translate(LETTERS)


def _signs(visible: str) -> str:
    signs = unicodedata.normalize("NFKD", visible).replace(_SLASH, _SLASH_OF_TITLE)
    # Two spellings of the same emoji: with and without the selector of its coloured form.
    return " ".join(signs.replace("\ufe0f", "").split())


def title_key(title: str, original_title: str = "") -> str:
    """The column that search and sorting use: folded, without a leading English article.

    The original title is appended, so that both are found.
    """
    key = _LEADING_ARTICLE.sub("", fold(article_in_front(title)))
    original = fold(article_in_front(original_title))
    return f"{key} / {original}"[:700] if original and original != key else key[:700]
