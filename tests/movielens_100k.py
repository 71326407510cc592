"""Real ratings for the tests that need them, fetched as the site fetches its demo data."""

from pathlib import Path

import pytest

from movies.imports.dataset import Meter, SourceError
from movies.imports.sources import open_source
from recommender.core import Factors, Ratings, fit

# Kept from run to run, outside the state that a test process throws away.
CACHE = Path(__file__).parent.parent / "var" / "datasets"


def read_ml_100k() -> Ratings:
    """The 100,000 ratings; skips the test when neither source answers."""
    try:
        data_set = open_source("ml-100k", CACHE)
        lines = list(data_set.read_ratings(lambda reject: None, Meter(1)))
    except SourceError as error:
        pytest.skip(f"ml-100k is not to be had: {error}")
    users, movies, half_stars, seconds = zip(*(line[1:] for line in lines), strict=True)
    return Ratings.from_triples(users, movies, [half / 2 for half in half_stars], times=seconds)


def fit_ml_100k() -> Factors:
    """The factors of all of them, with the settings the site fits with."""
    return fit(read_ml_100k(), seed=1)
