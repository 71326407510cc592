"""Gives the movies of the catalogue their built-in facts."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Collection

from django.core.cache import cache

from movies.facts.built_in import matching, reader
from movies.facts.movie_facts import MovieFacts
from movies.facts.writing import write_all
from movies.models import CatalogueVersion, FactSource

logger = logging.getLogger(__name__)

_LOADED = "built-in-facts-loaded"  # cache key: what they were last loaded into


def load(only: Collection[int] | None = None) -> Counter[str]:
    """Write the facts of all movies that the files have, or of some; safe to repeat."""
    state = _state()
    found = matching.match(_read())
    if only is not None:
        found = {pk: facts for pk, facts in found.items() if pk in only}
    counts = write_all(FactSource.BUILT_IN, found.items())
    if only is None and not counts["changed"]:
        cache.set(_LOADED, state, timeout=None)
    return counts


def load_if_changed() -> Counter[str]:
    """Load after an edit of the catalogue or of the files; else only a look at both."""
    return Counter() if cache.get(_LOADED) == _state() else load()


def _read() -> list[MovieFacts]:
    facts = []
    for line in reader.read_lines():
        if line.facts:
            facts.append(line.facts)
        else:
            logger.warning("Built-in facts, %s: %s", line.place, line.problem)
    return facts


def _state() -> str:
    content = hashlib.sha256()
    for path in reader.files():
        content.update(path.name.encode() + path.read_bytes())
    return f"{CatalogueVersion.current()} {content.hexdigest()}"
