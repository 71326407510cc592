"""Words that name a genre, a decade, a country or a language, in the reader's language."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import override

from movies.facts.names import country_name, language_name
from movies.genres import genre_label
from movies.search.index import CatalogueIndex
from movies.search.matching import year_of
from movies.titles import fold

# What people type for the genres of MovieLens besides their names.
_GENRE_WORDS: Mapping[str, Sequence[str]] = {
    "Animation": ("animated", "cartoon"),
    "Children": ("kids", "family", "children's"),
    "Comedy": ("comedies",),
    "Documentary": ("documentaries", "docu"),
    "Film-Noir": ("noir",),
    "Mystery": ("mysteries",),
    "Romance": ("romantic", "romcom"),
    "Sci-Fi": ("science fiction",),
}
# What a movie of a country is called in English where its language has another name. Languages
# with the adjective of a country mean the movies of both.
_COUNTRY_WORDS: Mapping[str, Sequence[str]] = {
    "AR": ("argentine", "argentinian"),
    "AT": ("austrian",),
    "AU": ("australian", "aussie"),
    "BE": ("belgian",),
    "BR": ("brazilian",),
    "CA": ("canadian",),
    "CH": ("swiss",),
    "CL": ("chilean",),
    "CU": ("cuban",),
    "EG": ("egyptian",),
    "GB": ("british", "uk"),
    "IE": ("irish",),
    "IL": ("israeli",),
    "IN": ("indian", "bollywood"),
    "IR": ("iranian",),
    "KR": ("korea",),
    "MX": ("mexican",),
    "SU": ("soviet",),
    "TW": ("taiwanese",),
    "US": ("american", "usa"),
}
_COUNTRIES_OF_LANGUAGES: Mapping[str, Sequence[str]] = {
    **{"cs": ("CZ", "CS", "XC"), "da": ("DK",), "de": ("DE", "DD", "XG"), "el": ("GR",)},
    **{"es": ("ES",), "fi": ("FI",), "fr": ("FR",), "hu": ("HU",), "is": ("IS",), "it": ("IT",)},
    **{"ja": ("JP",), "ko": ("KR",), "no": ("NO",), "pl": ("PL",), "pt": ("PT",), "ro": ("RO",)},
    **{"ru": ("RU", "SU"), "sv": ("SE",), "th": ("TH",), "tr": ("TR",), "zh": ("CN",)},
}
# Endings of adjectives, plurals and compounds: "thrillers", "französische", "Horrorfilme".
_ENDINGS = ("filme", "film", "s", "es", "n", "en", "e", "er", "em")
_SHORTEST_STEM = 5

_DECADE = re.compile(r"(?P<century>18|19|20)?(?P<ten>[0-9])0(?:s|er|ies)")
_DECADE_WORDS = {
    **{"twenties": 1920, "thirties": 1930, "forties": 1940, "fifties": 1950, "sixties": 1960},
    **{"seventies": 1970, "eighties": 1980, "nineties": 1990, "noughties": 2000},
    **{"zwanziger": 1920, "dreissiger": 1930, "vierziger": 1940, "funfziger": 1950},
    **{"sechziger": 1960, "siebziger": 1970, "achtziger": 1980, "neunziger": 1990},
}
# "années 80", "años 80", "anni 80"
_BEFORE_A_DECADE = {"annees", "anos", "anni"}
_LATEST_TEN = 2  # the 2020s
LONGEST_PHRASE = 4


@dataclass(frozen=True)
class _Named:
    genres: frozenset[int] = frozenset()
    countries: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()

    def __or__(self, other: _Named) -> _Named:
        return _Named(
            self.genres | other.genres,
            self.countries | other.countries,
            self.languages | other.languages,
        )


def fact_words(index: CatalogueIndex, language: str) -> FactWords:
    if language not in index.by_language:
        index.by_language[language] = _named(index, language)
    return FactWords(index, index.by_language[language])


def _named(index: CatalogueIndex, language: str) -> dict[str, _Named]:
    """What the phrases of one language and of English name, by phrase without spaces."""
    named: dict[str, _Named] = defaultdict(_Named)
    for active in {"en", language}:
        with override(active):
            for phrase, meant in _phrases(index):
                if joined := fold(phrase).replace(" ", ""):
                    named[joined] |= meant
    return dict(named)


class FactWords:
    """The phrases of one language and of English for what occurs in the catalogue."""

    def __init__(self, index: CatalogueIndex, named: Mapping[str, _Named]) -> None:
        self._index, self._named = index, named

    def mask(self, words: Sequence[str]) -> np.ndarray | None:
        """(n,) bool: which movies the words name by genre, decade, year, country or language.

        None if they name nothing of the kind.
        """
        masks = [*self._by_year(words), *self._by_name("".join(words))]
        return np.logical_or.reduce(masks) if masks else None

    def _by_year(self, words: Sequence[str]) -> Iterator[np.ndarray]:
        for decade in decades_of(words):
            yield self._index.decades == decade
        if len(words) == 1 and (year := year_of(words[0])):
            yield self._index.years == year

    def _by_name(self, phrase: str) -> Iterator[np.ndarray]:
        index, meant = self._index, self._meant(phrase)
        for genre in meant.genres:
            yield index.of_genre(genre)
        for country in meant.countries:
            yield index.countries.of_code(country)
        for language in meant.languages:
            yield index.languages.of_code(language)

    def _meant(self, phrase: str) -> _Named:
        meant = self._named.get(phrase, _Named())
        for ending in _ENDINGS:
            stem = phrase.removesuffix(ending)
            if len(stem) >= _SHORTEST_STEM and stem != phrase:
                meant |= self._named.get(stem, _Named())
        return meant


def decades_of(words: Sequence[str]) -> list[int]:
    """First years of the decades that the words name: "1980s", "80s", "80er", "années 80"."""
    if len(words) == 2 and words[0] in _BEFORE_A_DECADE and words[1].isdigit():
        words = [f"{words[1]}s"]
    if len(words) != 1:
        return []
    if words[0] in _DECADE_WORDS:
        return [_DECADE_WORDS[words[0]]]
    match = _DECADE.fullmatch(words[0])
    if not match:
        return []
    ten = int(match["ten"])
    if match["century"]:
        return [int(match["century"]) * 100 + ten * 10]
    # The "20s" are those of both centuries.
    return [1900 + ten * 10] * (ten >= _LATEST_TEN) + [2000 + ten * 10] * (ten <= _LATEST_TEN)


def _phrases(index: CatalogueIndex) -> Iterator[tuple[str, _Named]]:
    for genre in index.all_genres:
        meant = _Named(genres=frozenset({genre.pk}))
        for phrase in (genre.name, genre_label(genre.name), *_GENRE_WORDS.get(genre.name, ())):
            yield phrase, meant
    for code in index.countries.codes:
        meant = _Named(countries=frozenset({code}))
        for phrase in (country_name(code), *_COUNTRY_WORDS.get(code, ())):
            if len(phrase) > 2 or phrase == "uk":  # a code without a name is no word
                yield phrase, meant
    for code in index.languages.codes:
        countries = frozenset(_COUNTRIES_OF_LANGUAGES.get(code, ()))
        if len(name := language_name(code)) > 2:
            yield name, _Named(languages=frozenset({code}), countries=countries)
