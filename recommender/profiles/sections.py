"""The sections of a profile as one viewer sees them, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery, Value, Window
from django.db.models.functions import RowNumber

from accounts.models import Profile
from movies.cards import cards
from movies.lists.presentation import (
    N_FIRST_MOVIES,
    ListNote,
    given_stars,
)
from movies.models import ListEntry, Mark, Movie, MovieList, Rating
from recommender.profiles.agreement import Agreement, agreement_of
from recommender.taste.rated_movies import FIGURES, RatedMovie, genres_of
from recommender.taste.statistics import Leaning, genre_leanings

if TYPE_CHECKING:
    from accounts.models import User

RECENT, FAVOURITES, WATCHLIST, LISTS, KINDS = 12, 6, 6, 3, 5
FEWEST_FOR_TASTE = 10


class ProfileRating(NamedTuple):
    """A rating of the profile's owner, with the viewer's own rating of the same movie."""

    movie_id: int
    half_stars: int
    rated_at: datetime
    viewers: int | None
    updated_at: datetime
    n_ratings: int
    published_count: int
    published_half_star_sum: int
    published_at: datetime | None

    def as_rated(self) -> RatedMovie:
        figures = {name: getattr(self, name) for name in ("n_ratings", *FIGURES)}
        movie = Movie(pk=self.movie_id, **figures)
        return RatedMovie(movie, self.half_stars, self.updated_at, self.rated_at)


@dataclass(frozen=True)
class ProfileSections:
    """What one viewer sees of a profile; sections that the owner does not show are empty."""

    favourites: Sequence[Movie] = ()
    recent: Sequence[Movie] = ()
    watchlist: Sequence[Movie] = ()
    lists: Sequence[MovieList] = ()
    kinds: Sequence[Leaning] = ()
    agreement: Agreement | None = None
    notes: Mapping[int, ListNote] = field(default_factory=dict)  # what they gave, by movie id

    @property
    def movies(self) -> list[Movie]:
        return [*self.favourites, *self.recent, *self.watchlist]

    @property
    def is_empty(self) -> bool:
        return not (self.movies or self.lists or self.kinds)


def sections_for(viewer: User | AnonymousUser, profile: Profile) -> ProfileSections:
    """The caller has checked that this viewer may see the profile."""
    person = profile.user
    reads = profile.shows_ratings or profile.shows_taste
    given = _given(person, viewer) if reads else []
    rated = given if profile.shows_ratings else []
    favourites = sorted(rated, key=lambda one: (-one.half_stars, -one.rated_at.timestamp()))
    chosen = [one.movie_id for one in (*favourites[:FAVOURITES], *rated[:RECENT])]
    lists = _lists(person) if profile.shows_lists else []
    chosen += [movie_id for one in lists for movie_id in one.first_movies]
    movies = _movies(profile, chosen, viewer)
    for one in lists:
        one.first_movies = [movies[movie_id] for movie_id in one.first_movies if movie_id in movies]
    is_own = viewer.pk == person.pk
    return ProfileSections(
        favourites=_some(movies, favourites[:FAVOURITES]),
        recent=_some(movies, rated[:RECENT]),
        watchlist=_wanted(movies),
        lists=lists,
        kinds=_kinds(person, given) if profile.shows_taste else (),
        agreement=None if is_own else _agreement(profile, rated),
        notes={} if is_own else _notes(profile, [*favourites[:FAVOURITES], *rated[:RECENT]]),
    )


def _given(person: User, viewer: User | AnonymousUser) -> list[ProfileRating]:
    """Latest first."""
    own = Rating.objects.filter(user=viewer.pk, movie=OuterRef("movie")).values("half_stars")[:1]
    viewers = Subquery(own) if viewer.is_authenticated else Value(None, IntegerField())
    rows = Rating.objects.of(person).newest_first().annotate(viewers=viewers)
    columns = ("movie_id", "half_stars", "rated_at", "viewers", "updated_at", "movie__n_ratings")
    figures = (f"movie__{name}" for name in FIGURES)
    return [ProfileRating(*row) for row in rows.values_list(*columns, *figures)]


def _lists(person: User) -> list[MovieList]:
    """The public lists changed last, with the ids of their first movies as `fan`."""
    entries = ListEntry.objects.filter(movie_list__in=MovieList.objects.of(person).public())
    here = {"partition_by": [F("movie_list")]}
    entries = entries.annotate(
        shown_place=Window(RowNumber(), order_by=F("position").asc(), **here),
        n_entries=Window(Count("pk"), **here),
    )
    entries = entries.filter(shown_place__lte=N_FIRST_MOVIES).select_related("movie_list")
    # So many rows are of so many lists at least.
    latest = entries.order_by("-movie_list__updated_at", "-movie_list", "position")[
        : LISTS * N_FIRST_MOVIES
    ]
    lists: dict[int, MovieList] = {}
    for entry in latest:
        one = lists.setdefault(entry.movie_list_id, entry.movie_list)
        one.n_entries = entry.n_entries
        one.first_movies = [*getattr(one, "first_movies", ()), entry.movie_id]
    return list(lists.values())[:LISTS]


def _movies(
    profile: Profile, movie_ids: Sequence[int], viewer: User | AnonymousUser
) -> dict[int, Movie]:
    """These movies and the latest of the watchlist, as cards with `wanted_at`."""
    chosen, wanted_at = Q(pk__in=set(movie_ids)), Value(None, IntegerField())
    if profile.shows_watchlist:
        marks = Mark.objects.filter(user=profile.user, kind=Mark.Kind.WATCHLIST)
        latest = marks.order_by("-created_at", "-pk").values("movie")[:WATCHLIST]
        chosen |= Q(pk__in=latest)
        wanted_at = Subquery(marks.filter(movie=OuterRef("pk")).values("created_at")[:1])
    found = cards(Movie.objects.filter(chosen), viewer).annotate(wanted_at=wanted_at)
    return {movie.pk: movie for movie in found}


def _some(movies: Mapping[int, Movie], given: Sequence[ProfileRating]) -> list[Movie]:
    return [movies[one.movie_id] for one in given if one.movie_id in movies]


def _wanted(movies: Mapping[int, Movie]) -> list[Movie]:
    wanted = [movie for movie in movies.values() if movie.wanted_at is not None]
    return sorted(wanted, key=lambda movie: movie.wanted_at, reverse=True)[:WATCHLIST]


def _notes(profile: Profile, rated: Sequence[ProfileRating]) -> dict[int, ListNote]:
    return {
        one.movie_id: ListNote(given=given_stars(profile.name, one.half_stars)) for one in rated
    }


def _agreement(profile: Profile, rated: Sequence[ProfileRating]) -> Agreement | None:
    """Only between two users who show each other their ratings."""
    if not getattr(profile, "viewer_shows", False):
        return None
    return agreement_of((one.viewers, one.half_stars) for one in rated if one.viewers)


def _kinds(person: User, given: Sequence[ProfileRating]) -> list[Leaning]:
    """The genres that this user likes more than others do, strongest first."""
    if len(given) < FEWEST_FOR_TASTE:
        return []
    leanings = genre_leanings([one.as_rated() for one in given], genres_of(person))
    return [one for one in leanings if one.lean is not None and one.lean > 0][:KINDS]
