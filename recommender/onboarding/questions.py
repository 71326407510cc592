"""What the start page shows: groups to pick from, and the movie to ask about next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from movies.models import Mark, Movie
from recommender.serving.model_cache import Model, current_model
from recommender.serving.movie_groups import groups_of_run
from recommender.serving.user_state import OnboardingAnswers, onboarding_answers_of
from recommender.serving.users import FoldedInUser, model_and_user

if TYPE_CHECKING:
    from accounts.models import User

# So many ratings make a first list; nobody has to give them.
ENOUGH = 5
SPARE = 12


@dataclass(frozen=True)
class GroupToPick:
    movie_ids: tuple[int, ...]  # one to three that stand for it
    picked: bool


def groups_to_pick(user: User, answers: OnboardingAnswers) -> list[GroupToPick]:
    """The active run's groups, that of the most ratings first; none without a model.

    A group counts as picked when at least half of the movies that would stand for it were picked,
    by whatever run they were shown. What the person is not interested in stands for nothing.
    """
    model = current_model()
    if model is None:
        return []
    run_groups = groups_of_run(model)
    votes = run_groups.votes(answers.picked)
    hidden = set(
        Mark.objects.filter(user=user, kind=Mark.Kind.NOT_INTERESTED).values_list(
            "movie_id", flat=True
        )
    )
    groups = []
    for rows, vote in zip(run_groups.groups.shown, votes.tolist(), strict=True):
        ids = tuple(pk for pk in model.items.item_ids[rows].tolist() if pk not in hidden)
        if ids:
            groups.append(GroupToPick(ids, 2 * vote >= len(rows)))
    return groups


def next_movies(user: User, n: int = 1) -> list[int]:
    """Ids of the movies to ask this person about, first one first.

    By what an answer would teach and how likely they have seen it; the best known ones as long as
    nothing is learned. Never what they have rated, put away, named or said they have not seen.
    """
    model, folded_in = model_and_user(user)
    if model is None or folded_in is None:
        return _best_known(user, onboarding_answers_of(user), n)
    rows = model.existing_rows(_asked_by(model, folded_in, n + SPARE))[:n]
    return model.items.item_ids[rows].tolist()


def candidates(model: Model, folded_in: FoldedInUser, n: int) -> list[int]:
    """The same for whoever reads the movies anyway: some more than n, and some may be gone."""
    return model.items.item_ids[_asked_by(model, folded_in, n + SPARE)].tolist()


def _asked_by(model: Model, folded_in: FoldedInUser, n: int) -> np.ndarray:
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


def _best_known(user: User, answers: OnboardingAnswers, n: int) -> list[int]:
    movies = Movie.objects.not_excluded_for(user).most_rated()
    answered = {*answers.unseen, *answers.favourites}
    ids: Sequence[int] = movies.values_list("pk", flat=True)[: n + len(answered)]
    return [pk for pk in ids if pk not in answered][:n]
