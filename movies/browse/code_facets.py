"""The facets of countries and languages, whose choices are codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from movies.facts.names import country_name, language_name
from movies.search.codes import MovieCodes
from movies.search.index import CatalogueIndex
from movies.titles import fold

if TYPE_CHECKING:
    from movies.browse.query import BrowseQuery

# Rarer ones are not offered, unless chosen; search and the API know all of them.
MOST_CHOICES = 40


@dataclass(frozen=True)
class CodeFacet:
    key: str  # in the query string, and the field of BrowseQuery
    codes: Callable[[CatalogueIndex], MovieCodes]
    name: Callable[[str], str]
    write: Callable[[str], str]  # gives codes their case

    def chosen(self, asked: BrowseQuery) -> str:
        return getattr(asked, self.key)

    def most_first(self, counts: Mapping[str, int], chosen: str) -> Iterable[tuple[str, str, int]]:
        """(code, name, count) of those with movies and of the chosen one, most movies first."""
        named = [(code, self.name(code), n) for code, n in counts.items() if n or code == chosen]
        named.sort(key=lambda each: (-each[2], fold(each[1])))
        return [each for at, each in enumerate(named) if at < MOST_CHOICES or each[0] == chosen]


COUNTRY = CodeFacet("country", lambda index: index.countries, country_name, str.upper)
LANGUAGE = CodeFacet("language", lambda index: index.languages, language_name, str.lower)


def codes_chosen(query: Mapping[str, str], index: CatalogueIndex) -> dict[str, str]:
    """The codes in a query string that movies have; others are ignored."""
    asked = {kind: kind.write(query.get(kind.key, "")) for kind in (COUNTRY, LANGUAGE)}
    return {
        kind.key: code if code in kind.codes(index).codes else "" for kind, code in asked.items()
    }
