"""The page of a person: finished strings for `templates/movies/people/`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from movies import scales
from movies.models import Credit, Movie
from movies.people.query import CreditedMovie, OwnRatings

FIELDS: Mapping[str, str | Promise] = {
    Credit.Role.DIRECTOR: gettext_lazy("Directing"),
    Credit.Role.WRITER: gettext_lazy("Writing"),
    Credit.Role.CAST: gettext_lazy("Acting"),
}
# A smaller difference in stars from the user's own average counts as none.
SMALLEST_DIFFERENCE = 0.1


@dataclass(frozen=True)
class RoleNote:
    """What stands below each card: what the person did in the movie."""

    template: ClassVar[str] = "movies/people/_role_note.html"

    words: str

    @classmethod
    def of(cls, credited: CreditedMovie) -> RoleNote:
        as_character = (
            _("as %(character)s") % {"character": credited.character}
            if credited.character
            else _("actor")
        )
        words = {
            Credit.Role.DIRECTOR: _("director"),
            Credit.Role.WRITER: _("writer"),
            Credit.Role.CAST: as_character,
        }
        return cls(", ".join(words[Credit.Role(role)] for role in credited.roles))


@dataclass(frozen=True)
class Favourite:
    """The unrated movie with the highest prediction."""

    title: str
    url: str


@dataclass(frozen=True)
class PersonTaste:
    """How the reader rates a person's movies, and what is predicted for the others."""

    rated: str  # a sentence; "" without ratings
    predicted: str  # a sentence; "" without predictions
    favourite: Favourite | None


def fields(movies: Iterable[CreditedMovie]) -> list[str]:
    """'Directing 2', 'Acting 9': what the person did in how many movies, most often first."""
    counts = Counter(role for movie in movies for role in movie.roles)
    return [f"{FIELDS[role]} {n}" for role, n in counts.most_common()]


def taste(
    movies: Sequence[CreditedMovie],
    own: OwnRatings,
    predicted: Mapping[int, float],
    excluded: frozenset[int],
) -> PersonTaste:
    """predicted: stars by movie id. excluded: movies not to be named as the reader's favourite."""
    open_ = {
        movie.movie_id: movie
        for movie in movies
        if movie.movie_id in predicted and movie.movie_id not in own.by_movie
    }
    return PersonTaste(
        rated=_rated(own),
        predicted=_predicted([predicted[pk] for pk in open_], bool(own.by_movie)),
        favourite=_favourite(open_, predicted, own, excluded),
    )


def _rated(own: OwnRatings) -> str:
    if own.mean is None or own.usual is None:
        return ""
    scale, apart = scales.active(), own.mean - own.usual
    words = {
        "stars": scale.about(own.mean),
        "n": len(own.by_movie),
        "difference": scale.number(abs(apart)),
    }
    if len(own.by_movie) == 1:
        return _("You’ve rated one of these movies: %(stars)s.") % words
    if abs(apart) < SMALLEST_DIFFERENCE:
        sentence = _(
            "You rate these movies %(stars)s on average (%(n)s rated), in line with your average."
        )
    elif apart > 0:
        sentence = _(
            "You rate these movies %(stars)s on average (%(n)s rated), %(difference)s above your"
            " average."
        )
    else:
        sentence = _(
            "You rate these movies %(stars)s on average (%(n)s rated), %(difference)s below your"
            " average."
        )
    return sentence % words


def _predicted(stars: Sequence[float], has_rated: bool) -> str:
    if not stars:
        return ""
    words = {"n": len(stars), "stars": scales.active().about(fmean(stars))}
    if has_rated:
        return (
            ngettext(
                "We predict %(stars)s for the other one.",
                "We predict %(stars)s on average for the other %(n)s.",
                len(stars),
            )
            % words
        )
    return (
        ngettext(
            "We predict you’d give this movie %(stars)s.",
            "We predict you’d give these %(n)s movies %(stars)s on average.",
            len(stars),
        )
        % words
    )


def _favourite(
    movies: Mapping[int, CreditedMovie],
    predicted: Mapping[int, float],
    own: OwnRatings,
    excluded: frozenset[int],
) -> Favourite | None:
    """None where even the best is predicted below what the reader gives on average."""
    ids = [pk for pk in movies if pk not in excluded]
    best = max(ids, key=lambda pk: predicted[pk], default=None)
    if best is None or len(movies) < 2 or predicted[best] < (own.usual or 0.0):
        return None
    movie = Movie(pk=best, title=movies[best].title)
    return Favourite(movie.title, movie.get_absolute_url())
