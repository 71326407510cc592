"""What the start page shows: groups to pick from, and the movie to ask about next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from movies.models import Mark, Movie
from recommender.onboarding.answers import OnboardingAnswers, said_by
from recommender.onboarding.movie_groups import grouping_of
from recommender.serving.model_cache import Model, current_model
from recommender.serving.users import FoldedInUser, model_and_person

if TYPE_CHECKING:
    from accounts.models import User

# So many ratings make a first list; nobody has to give them.
ENOUGH = 5
SPARE = 12


@dataclass(frozen=True)
class GroupToPick:
    movie_ids: tuple[int, ...]  # one to three that stand for it
    picked: bool


def groups_to_pick(user: User, said: OnboardingAnswers) -> list[GroupToPick]:
    """The active run's groups, that of the most ratings first; none without a model.

    A group counts as picked when at least half of the movies that would stand for it were picked,
    by whatever run they were shown. What the person is not interested in stands for nothing.
    """
    model = current_model()
    if model is None:
        return []
    grouping = grouping_of(model)
    votes = grouping.votes(said.picked)
    hidden = set(
        Mark.objects.filter(user=user, kind=Mark.Kind.NOT_INTERESTED).values_list(
            "movie_id", flat=True
        )
    )
    groups = []
    for rows, vote in zip(grouping.groups.shown, votes.tolist(), strict=True):
        ids = tuple(pk for pk in model.items.item_ids[rows].tolist() if pk not in hidden)
        if ids:
            groups.append(GroupToPick(ids, 2 * vote >= len(rows)))
    return groups


def next_movies(user: User, n: int = 1) -> list[int]:
    """Ids of the movies to ask this person about, first one first.

    By what an answer would teach and how likely they have seen it; the best known ones as long as
    nothing is learned. Never what they have rated, put away, named or said they have not seen.
    """
    model, person = model_and_person(user)
    if model is None or person is None:
        return _best_known(user, said_by(user), n)
    rows = model.existing(_asked_by(model, person, n + SPARE))[:n]
    return model.items.item_ids[rows].tolist()


def candidates(model: Model, person: FoldedInUser, n: int) -> list[int]:
    """The same for whoever reads the movies anyway: some more than n, and some may be gone."""
    return model.items.item_ids[_asked_by(model, person, n + SPARE)].tolist()


def _asked_by(model: Model, person: FoldedInUser, n: int) -> np.ndarray:
    grouping, said = grouping_of(model), person.said
    rated, unseen = model.known_rows(person.rated), model.known_rows(said.unseen)
    favourites = model.known_rows(said.favourites)
    return grouping.questions.next(
        grouping.start_of(said).interest,
        rated,
        np.union1d(rated, favourites),
        unseen,
        model.known_rows(person.excluded),
        n,
    )


def _best_known(user: User, said: OnboardingAnswers, n: int) -> list[int]:
    movies = Movie.objects.not_excluded_for(user).most_rated()
    answered = {*said.unseen, *said.favourites}
    ids: Sequence[int] = movies.values_list("pk", flat=True)[: n + len(answered)]
    return [pk for pk in ids if pk not in answered][:n]
