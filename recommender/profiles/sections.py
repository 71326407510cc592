"""What a profile shows one viewer, read in a few questions however much there is of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery, Value, Window
from django.db.models.functions import RowNumber
from django.utils.safestring import SafeString

from accounts.models import Profile
from movies.cards import cards
from movies.lists.presentation import FAN, gave
from movies.models import ListEntry, Mark, Movie, MovieList, Rating
from recommender.profiles.agreement import Agreement, agreement_of
from recommender.taste.rated_movies import RatedMovie, genres_of
from recommender.taste.statistics import Leaning, genre_leanings

if TYPE_CHECKING:
    from accounts.models import User

RECENT, FAVOURITES, WATCHLIST, LISTS, KINDS = 12, 6, 6, 3, 5
FEWEST_FOR_TASTE = 10


class Given(NamedTuple):
    """One rating of the person, with what the viewer gave the same movie."""

    movie_id: int
    half_stars: int
    rated_at: datetime
    viewers: int | None
    n_ratings: int
    half_star_sum: int


@dataclass(frozen=True)
class Shown:
    """What one viewer is shown of one person; what was not chosen is empty."""

    favourites: Sequence[Movie] = ()
    recent: Sequence[Movie] = ()
    watchlist: Sequence[Movie] = ()
    lists: Sequence[MovieList] = ()
    kinds: Sequence[Leaning] = ()
    agreement: Agreement | None = None
    beside: Mapping[int, SafeString] = field(default_factory=dict)  # what they gave, by movie id

    @property
    def movies(self) -> list[Movie]:
        return [*self.favourites, *self.recent, *self.watchlist]

    @property
    def is_empty(self) -> bool:
        return not (self.movies or self.lists or self.kinds)


def shown_to(viewer: User | AnonymousUser, profile: Profile) -> Shown:
    """All that the profile shows; whether this viewer may see it at all was asked before."""
    person = profile.user
    reads = profile.shows_ratings or profile.shows_taste
    given = _given(person, viewer) if reads else []
    rated = given if profile.shows_ratings else []
    favourites = sorted(rated, key=lambda one: (-one.half_stars, -one.rated_at.timestamp()))
    chosen = [one.movie_id for one in (*favourites[:FAVOURITES], *rated[:RECENT])]
    lists = _lists(person) if profile.shows_lists else []
    chosen += [movie_id for one in lists for movie_id in one.fan]
    movies = _movies(profile, chosen, viewer)
    for one in lists:
        one.fan = [movies[movie_id] for movie_id in one.fan if movie_id in movies]
    is_own = viewer.pk == person.pk
    return Shown(
        favourites=_some(movies, favourites[:FAVOURITES]),
        recent=_some(movies, rated[:RECENT]),
        watchlist=_wanted(movies),
        lists=lists,
        kinds=_kinds(person, given) if profile.shows_taste else (),
        agreement=None if is_own else _agreement(profile, rated),
        beside={} if is_own else _beside(profile, [*favourites[:FAVOURITES], *rated[:RECENT]]),
    )


def _given(person: User, viewer: User | AnonymousUser) -> list[Given]:
    """The latest first."""
    own = Rating.objects.filter(user=viewer.pk, movie=OuterRef("movie")).values("half_stars")[:1]
    viewers = Subquery(own) if viewer.is_authenticated else Value(None, IntegerField())
    rows = Rating.objects.of(person).newest_first().annotate(viewers=viewers)
    columns = ("movie_id", "half_stars", "rated_at", "viewers")
    return [
        Given(*row)
        for row in rows.values_list(*columns, "movie__n_ratings", "movie__half_star_sum")
    ]


def _lists(person: User) -> list[MovieList]:
    """The public lists changed last, with the ids of their first movies as `fan`."""
    entries = ListEntry.objects.filter(movie_list__in=MovieList.objects.of(person).public())
    here = {"partition_by": [F("movie_list")]}
    entries = entries.annotate(
        shown_place=Window(RowNumber(), order_by=F("position").asc(), **here),
        n_entries=Window(Count("pk"), **here),
    )
    entries = entries.filter(shown_place__lte=FAN).select_related("movie_list")
    # So many rows are of so many lists at least.
    latest = entries.order_by("-movie_list__updated_at", "-movie_list", "position")[: LISTS * FAN]
    lists: dict[int, MovieList] = {}
    for entry in latest:
        one = lists.setdefault(entry.movie_list_id, entry.movie_list)
        one.n_entries = entry.n_entries
        one.fan = [*getattr(one, "fan", ()), entry.movie_id]
    return list(lists.values())[:LISTS]


def _movies(
    profile: Profile, movie_ids: Sequence[int], viewer: User | AnonymousUser
) -> dict[int, Movie]:
    """These movies and those wanted last, as cards with `wanted_at`."""
    chosen, wanted_at = Q(pk__in=set(movie_ids)), Value(None, IntegerField())
    if profile.shows_watchlist:
        marks = Mark.objects.filter(user=profile.user, kind=Mark.Kind.WATCHLIST)
        latest = marks.order_by("-created_at", "-pk").values("movie")[:WATCHLIST]
        chosen |= Q(pk__in=latest)
        wanted_at = Subquery(marks.filter(movie=OuterRef("pk")).values("created_at")[:1])
    found = cards(Movie.objects.filter(chosen), viewer).annotate(wanted_at=wanted_at)
    return {movie.pk: movie for movie in found}


def _some(movies: Mapping[int, Movie], given: Sequence[Given]) -> list[Movie]:
    return [movies[one.movie_id] for one in given if one.movie_id in movies]


def _wanted(movies: Mapping[int, Movie]) -> list[Movie]:
    wanted = [movie for movie in movies.values() if movie.wanted_at is not None]
    return sorted(wanted, key=lambda movie: movie.wanted_at, reverse=True)[:WATCHLIST]


def _beside(profile: Profile, rated: Sequence[Given]) -> dict[int, SafeString]:
    return {one.movie_id: SafeString(gave(profile.name, one.half_stars)) for one in rated}


def _agreement(profile: Profile, rated: Sequence[Given]) -> Agreement | None:
    """Of two who show their ratings to each other: this person's are shown to the viewer."""
    if not getattr(profile, "viewer_shows", False):
        return None
    return agreement_of((one.viewers, one.half_stars) for one in rated if one.viewers)


def _kinds(person: User, given: Sequence[Given]) -> list[Leaning]:
    """The genres this person likes more than others do, the strongest first."""
    if len(given) < FEWEST_FOR_TASTE:
        return []
    rated = [
        RatedMovie(
            Movie(pk=one.movie_id, n_ratings=one.n_ratings, half_star_sum=one.half_star_sum),
            one.half_stars,
            one.rated_at,
        )
        for one in given
    ]
    leanings = genre_leanings(rated, genres_of(person))
    return [one for one in leanings if one.lean is not None and one.lean > 0][:KINDS]
