"""The sources, in the order in which they are tried and shown.

A new source is a module here with a `SOURCE`, one line below, and a fixture in the tests.
"""

from __future__ import annotations

from movies.my_imports.parsing.formats import Source
from movies.my_imports.sources import (
    any_csv,
    criticker,
    imdb,
    letterboxd,
    movielens,
    netflix,
    own_export,
    simkl,
    tmdb,
    trakt,
    tvtime,
)

SOURCES: dict[str, Source] = {
    module.SOURCE.key: module.SOURCE
    for module in (
        letterboxd,
        imdb,
        trakt,
        tvtime,
        movielens,
        tmdb,
        simkl,
        criticker,
        netflix,
        own_export,
    )
}
ANY_CSV = any_csv.KEY
