"""The facts of the movie page: finished strings for `_facts.html`, `_credits.html` and others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import CharField, F, IntegerField, Value
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext

from movies.facts.links import OutboundLink, movie_links
from movies.facts.names import country_names, language_names
from movies.models import AlternativeTitle, Credit, FactSource, Movie, Person

# Cast members before "Full cast"; sources bring up to a dozen.
FIRST_CAST = 6
_TITLE = "title"

# Name and licence of the sources that are named on pages.
CREDITED: Mapping[str, str | Promise] = {
    FactSource.BUILT_IN: gettext_lazy("built-in catalogue, MIT licence"),
    FactSource.WIKIDATA: gettext_lazy("Wikidata, CC0"),
    FactSource.TMDB: "TMDB",
}


@dataclass(frozen=True)
class CreditLine:
    name: str
    url: str
    character: str


@dataclass(frozen=True)
class MovieFacts:
    original_title: str  # "" if it is the title
    alternative_titles: Sequence[str]
    runtime: str  # "2 h 22 min"
    countries: str  # "United States, France"
    languages: str
    countries_label: str
    languages_label: str
    description_source: str  # "TMDB"; "" for the operator's own words
    directors: Sequence[CreditLine]
    writers: Sequence[CreditLine]
    cast: Sequence[CreditLine]
    links: Sequence[OutboundLink]
    sources: str  # "Wikidata, CC0; TMDB"
    is_from_tmdb: bool  # something is: TMDB's terms want a notice then

    @property
    def first_cast(self) -> Sequence[CreditLine]:
        return self.cast[:FIRST_CAST]

    @property
    def more_cast(self) -> Sequence[CreditLine]:
        return self.cast[FIRST_CAST:]


def facts_of(movie: Movie) -> MovieFacts:
    """`movie` with all of its fields. One query."""
    titles, lines = _titles_and_credits(movie)
    countries, languages = country_names(movie.countries), language_names(movie.languages)
    sources = sources_of(movie)
    description_source = _source(movie, "description") if movie.description else ""
    return MovieFacts(
        original_title="" if movie.original_title == movie.title else movie.original_title,
        alternative_titles=[
            title for title in titles if title not in (movie.title, movie.original_title)
        ],
        runtime=in_hours(movie.runtime),
        countries=", ".join(countries),
        languages=", ".join(languages),
        countries_label=npgettext("of a movie", "Country", "Countries", len(countries)),
        languages_label=npgettext("of a movie", "Language", "Languages", len(languages)),
        description_source=str(CREDITED.get(description_source, "")),
        directors=lines[Credit.Role.DIRECTOR],
        writers=lines[Credit.Role.WRITER],
        cast=lines[Credit.Role.CAST],
        links=list(movie_links(movie)),
        sources="; ".join(str(CREDITED[source]) for source in sources),
        is_from_tmdb=FactSource.TMDB in (description_source, *sources),
    )


def in_hours(minutes: int | None) -> str:
    """'2 h 22 min', '45 min', '2 h'."""
    if not minutes:
        return ""
    hours, rest = divmod(minutes, 60)
    numbers = {"hours": hours, "minutes": rest}
    if not hours:
        return _("%(minutes)s min") % numbers
    return (_("%(hours)s h %(minutes)s min") if rest else _("%(hours)s h")) % numbers


def sources_of(movie: Movie) -> list[str]:
    """The sources that the page has to name for facts, in a fixed order."""
    used = {_source(movie, field) for field in movie.fact_sources if field != "description"}
    return [source for source in CREDITED if source in used]


def _source(movie: Movie, field: str) -> str:
    entry = movie.fact_sources.get(field)
    return entry.get("source", "") if isinstance(entry, dict) else ""


def _titles_and_credits(movie: Movie) -> tuple[list[str], dict[str, list[CreditLine]]]:
    """Alternative titles, and the credits by role in order of billing, in one query."""
    no_text, no_number = Value("", CharField()), Value(0, IntegerField())
    rows = (
        Credit.objects.filter(movie=movie)
        .order_by()
        .values_list("role", "position", "person_id", F("person__name"), "character")
        .union(
            AlternativeTitle.objects.filter(movie=movie).values_list(
                Value(_TITLE, CharField()), no_number, "pk", "title", no_text
            ),
            all=True,
        )
    )
    titles: list[str] = []
    lines: dict[str, list[CreditLine]] = {role: [] for role in Credit.Role.values}
    for role, _position, pk, name, character in sorted(rows):
        if role == _TITLE:
            titles.append(name)
        else:
            url = Person(pk=pk, name=name).get_absolute_url()
            lines[role].append(CreditLine(name, url, character))
    return titles, lines
