"""The sections of a profile as one viewer sees them, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
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
from movies.my_ratings.comparison import FIGURES, ComparedRatings, is_published
from movies.search import index as catalogue_index
from recommender.profiles.agreement import Agreement, agreement_of
from recommender.serving.users import model_and_user_state
from recommender.taste.rated_movies import indexed_genre_groups
from recommender.taste.statistics import Leaning, leanings

if TYPE_CHECKING:
    from accounts.models import User

RECENT, FAVOURITES, WATCHLIST, LISTS, KINDS = 12, 6, 6, 3, 5
FEWEST_FOR_TASTE = 10


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
    given = _given(person) if reads else ComparedRatings.from_rows([])
    rated = given if profile.shows_ratings else ComparedRatings.from_rows([])
    recent = _pairs(rated)[:RECENT]
    # The latest of those with as many stars.
    favourites = _pairs(rated.take(np.argsort(-rated.half_stars, kind="stable")[:FAVOURITES]))
    chosen = [movie_id for movie_id, _half_stars in (*favourites, *recent)]
    lists = _lists(person) if profile.shows_lists else []
    chosen += [movie_id for one in lists for movie_id in one.first_movies]
    movies = _movies(profile, chosen, viewer)
    for one in lists:
        one.first_movies = [movies[movie_id] for movie_id in one.first_movies if movie_id in movies]
    is_own = viewer.pk == person.pk
    return ProfileSections(
        favourites=_some(movies, favourites),
        recent=_some(movies, recent),
        watchlist=_wanted(movies),
        lists=lists,
        kinds=_kinds(given) if profile.shows_taste else (),
        agreement=None if is_own else _agreement(profile, rated, viewer),
        notes={} if is_own else _notes(profile, [*favourites, *recent]),
    )


def _given(person: User) -> ComparedRatings:
    """Latest first."""
    rows = Rating.objects.of(person).newest_first().annotate(is_published=is_published())
    figures = (f"movie__{name}" for name in FIGURES)
    return ComparedRatings.from_rows(
        rows.values_list("movie_id", "half_stars", "is_published", *figures)
    )


def _pairs(rated: ComparedRatings) -> list[tuple[int, int]]:
    """Movie id and half stars of each."""
    return list(zip(rated.movie_ids.tolist(), rated.half_stars.tolist(), strict=True))


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


def _some(movies: Mapping[int, Movie], given: Sequence[tuple[int, int]]) -> list[Movie]:
    return [movies[movie_id] for movie_id, _half_stars in given if movie_id in movies]


def _wanted(movies: Mapping[int, Movie]) -> list[Movie]:
    wanted = [movie for movie in movies.values() if movie.wanted_at is not None]
    return sorted(wanted, key=lambda movie: movie.wanted_at, reverse=True)[:WATCHLIST]


def _notes(profile: Profile, rated: Sequence[tuple[int, int]]) -> dict[int, ListNote]:
    return {
        movie_id: ListNote(given=given_stars(profile.name, half_stars))
        for movie_id, half_stars in rated
    }


def _agreement(
    profile: Profile, rated: ComparedRatings, viewer: User | AnonymousUser
) -> Agreement | None:
    """Only between two users who show each other their ratings."""
    if not getattr(profile, "viewer_shows", False) or not viewer.is_authenticated:
        return None
    _model, state = model_and_user_state(viewer)
    own = state.ratings
    return agreement_of((own[pk], half_stars) for pk, half_stars in _pairs(rated) if pk in own)


def _kinds(given: ComparedRatings) -> list[Leaning]:
    """The genres that the user likes more than others do, strongest first."""
    if len(given) < FEWEST_FOR_TASTE:
        return []
    genres = indexed_genre_groups(given.movie_ids, catalogue_index.current())
    return [one for one in leanings(given, genres) if one.lean is not None and one.lean > 0][:KINDS]
