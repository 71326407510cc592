"""What a user answered during onboarding: groups picked, favourites, movies not seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recommender.models import StartingAnswer

if TYPE_CHECKING:
    from accounts.models import User

Kind = StartingAnswer.Kind


@dataclass(frozen=True)
class OnboardingAnswers:
    """Movie ids by kind of answer."""

    picked: tuple[int, ...] = ()  # the movies that were shown for the picked groups
    favourites: tuple[int, ...] = ()
    unseen: tuple[int, ...] = ()

    @property
    def has_preferences(self) -> bool:
        return bool(self.picked or self.favourites)

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[int, str]]) -> OnboardingAnswers:
        """From (movie id, kind) rows; rows of other kinds are ignored."""
        by_kind: dict[str, list[int]] = {kind: [] for kind in Kind.values}
        for movie_id, kind in rows:
            if kind in by_kind:
                by_kind[kind].append(movie_id)
        kinds = (Kind.GROUP, Kind.FAVOURITE, Kind.UNSEEN)
        return cls(*(tuple(sorted(by_kind[kind])) for kind in kinds))


def onboarding_answers_of(user: User) -> OnboardingAnswers:
    return OnboardingAnswers.from_rows(
        StartingAnswer.objects.of(user).values_list("movie_id", "kind")
    )
