"""What onboarding asks: groups to pick from, and the movie to rate next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from movies.models import Movie
from recommender.core.onboarding.item_clusters import representatives
from recommender.onboarding.group_names import GroupName, names_of_groups
from recommender.serving.model_cache import Model
from recommender.serving.movie_groups import groups_of_run
from recommender.serving.user_state import OnboardingAnswers, onboarding_answers_of
from recommender.serving.users import FoldedInUser, model_and_excluded_ids, model_and_user

if TYPE_CHECKING:
    from accounts.models import User

# This many ratings make a good first list. None is required.
ENOUGH = 5
# Looked up beyond those wanted: movies deleted since the run are still in its arrays.
SPARE = 12


@dataclass(frozen=True)
class GroupToPick:
    name: GroupName
    movie_ids: tuple[int, ...]  # one to three that are shown for it
    picked: bool


def groups_to_pick(user: User, answers: OnboardingAnswers) -> list[GroupToPick]:
    """The active run's groups, those with the most ratings first; none without a model.

    A group counts as picked if at least half of the movies shown for it were picked, whichever
    run they were shown for. Movies that the user has rated, watched or hidden are not shown.
    """
    model, excluded = model_and_excluded_ids(user)
    if model is None:
        return []
    run_groups = groups_of_run(model)
    votes, names = run_groups.votes(answers.picked), names_of_groups(run_groups)
    shown = representatives(model.items, run_groups.groups, model.known_rows(excluded))
    return [
        GroupToPick(name, tuple(model.items.item_ids[rows].tolist()), 2 * vote >= len(stand))
        for name, rows, vote, stand in zip(
            names, shown, votes.tolist(), run_groups.groups.shown, strict=True
        )
        if len(rows)
    ]


def next_movies(user: User, n: int = 1) -> list[int]:
    """Ids of the movies to ask this user to rate, best first.

    By how much a rating would teach and how likely the user has seen the movie; without a model,
    the most rated ones. Never a movie that is rated, hidden, watched, a favourite, or unseen.
    """
    model, folded_in = model_and_user(user)
    if model is None or folded_in is None:
        return _most_rated(user, onboarding_answers_of(user), n)
    rows = model.existing_rows(_next_rows(model, folded_in, n + SPARE))[:n]
    return model.items.item_ids[rows].tolist()


def candidates(model: Model, folded_in: FoldedInUser, n: int) -> list[int]:
    """As `next_movies` without a query: some more than n, some of which may be deleted."""
    return model.items.item_ids[_next_rows(model, folded_in, n + SPARE)].tolist()


def _next_rows(model: Model, folded_in: FoldedInUser, n: int) -> np.ndarray:
    run_groups, answers = groups_of_run(model), folded_in.answers
    rated, unseen = model.known_rows(folded_in.rated), model.known_rows(answers.unseen)
    favourites = model.known_rows(answers.favourites)
    return run_groups.questions.next(
        run_groups.start_of(answers).interest,
        rated,
        np.union1d(rated, favourites),
        unseen,
        model.known_rows(folded_in.excluded),
        n,
    )


def _most_rated(user: User, answers: OnboardingAnswers, n: int) -> list[int]:
    movies = Movie.objects.not_excluded_for(user).most_rated()
    answered = {*answers.unseen, *answers.favourites}
    ids: Sequence[int] = movies.values_list("pk", flat=True)[: n + len(answered)]
    return [pk for pk in ids if pk not in answered][:n]
