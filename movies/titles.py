"""Conversions of titles: from data sets, for display, and for search and sorting."""

import re
import unicodedata

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
_NOT_WORD = re.compile(r"[^\w]+")


def article_in_front(title: str) -> str:
    """'Usual Suspects, The' -> 'The Usual Suspects'."""
    match = _MOVED_ARTICLE.match(title)
    if not match:
        return title
    article, rest = match["article"], match["rest"]
    return f"{article}{rest}" if article.endswith("'") else f"{article} {rest}"


def fold(text: str) -> str:
    """Lower case without accents, punctuation as single spaces: 'Amélie!' -> 'amelie'."""
    plain = without_accents(text).replace("&", " and ")
    return _NOT_WORD.sub(" ", plain).strip().replace("_", " ")


def without_accents(text: str) -> str:
    """Lower case without accents: 'Café #1' -> 'cafe #1'."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


def title_key(title: str, original_title: str = "") -> str:
    """The column that search and sorting use: folded, without a leading English article.

    The original title is appended, so that both are found.
    """
    key = _LEADING_ARTICLE.sub("", fold(article_in_front(title)))
    original = fold(article_in_front(original_title))
    return f"{key} / {original}"[:700] if original and original != key else key[:700]
