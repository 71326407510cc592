"""Models of the movies app. They import no feature of it."""

from movies.models.availability import (
    AvailabilityVersion,
    Library,
    LibraryItem,
    Offer,
    OfferFetch,
    OfferQuerySet,
    Provider,
)
from movies.models.bulk_edits import BulkEdit
from movies.models.catalogue import EARLIEST_YEAR, LATEST_YEAR, Genre, Movie, MovieQuerySet
from movies.models.catalogue_care import (
    MovieMerge,
    MovieRequest,
    RequestAsker,
    SetAsideRow,
)
from movies.models.catalogue_version import CatalogueChange, CatalogueVersion
from movies.models.facts import AlternativeTitle, FactFetch, FactSource, TmdbPoster
from movies.models.import_runs import ImportedDataSet, ImportRun, UnfinishedLoad
from movies.models.lists import ListEntry, MovieList
from movies.models.marks import Mark, MarkQuerySet
from movies.models.people import Credit, Person
from movies.models.personal_imports import ImportedRow, PersonalImport
from movies.models.rating_history import EarlierRating, EarlierRatingQuerySet
from movies.models.ratings import Rating, RatingChanges, RatingQuerySet
from movies.models.sync import ChangeCounter, MemberChange, StoredAnswer
from movies.models.viewings import Viewing, ViewingQuerySet, ViewingTag

__all__ = [
    "EARLIEST_YEAR",
    "LATEST_YEAR",
    "AlternativeTitle",
    "AvailabilityVersion",
    "BulkEdit",
    "CatalogueChange",
    "CatalogueVersion",
    "ChangeCounter",
    "Credit",
    "EarlierRating",
    "EarlierRatingQuerySet",
    "FactFetch",
    "FactSource",
    "Genre",
    "ImportRun",
    "ImportedDataSet",
    "ImportedRow",
    "Library",
    "LibraryItem",
    "ListEntry",
    "Mark",
    "MarkQuerySet",
    "MemberChange",
    "Movie",
    "MovieList",
    "MovieMerge",
    "MovieQuerySet",
    "MovieRequest",
    "Offer",
    "OfferFetch",
    "OfferQuerySet",
    "Person",
    "PersonalImport",
    "Provider",
    "Rating",
    "RatingChanges",
    "RatingQuerySet",
    "RequestAsker",
    "SetAsideRow",
    "StoredAnswer",
    "TmdbPoster",
    "UnfinishedLoad",
    "Viewing",
    "ViewingQuerySet",
    "ViewingTag",
]
