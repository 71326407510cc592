"""Models of the movies app. They import no feature of it."""

from movies.models.bulk_edits import BulkEdit
from movies.models.catalogue import EARLIEST_YEAR, LATEST_YEAR, Genre, Movie, MovieQuerySet
from movies.models.catalogue_version import CatalogueVersion
from movies.models.import_runs import ImportedDataSet, ImportRun, UnfinishedLoad
from movies.models.lists import ListEntry, MovieList
from movies.models.marks import Mark, MarkQuerySet
from movies.models.ratings import Rating, RatingChanges, RatingQuerySet
from movies.models.tmdb_posters import TmdbPoster

__all__ = [
    "EARLIEST_YEAR",
    "LATEST_YEAR",
    "BulkEdit",
    "CatalogueVersion",
    "Genre",
    "ImportRun",
    "ImportedDataSet",
    "ListEntry",
    "Mark",
    "MarkQuerySet",
    "Movie",
    "MovieList",
    "MovieQuerySet",
    "Rating",
    "RatingChanges",
    "RatingQuerySet",
    "TmdbPoster",
    "UnfinishedLoad",
]
