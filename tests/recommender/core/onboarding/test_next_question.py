"""Which movie is asked about next."""

import numpy as np
import pytest

from recommender.core import Factors
from recommender.core.onboarding.item_clusters import cluster_items
from recommender.core.onboarding.next_question import Questions
from tests.recommender.core.onboarding.conftest import THEMES


@pytest.fixture
def questions(four_themes: Factors) -> Questions:
    spread = cluster_items(four_themes.items, four_themes.user_interest).interest_covariance
    return Questions.about(four_themes.items, spread)


def themes(factors: Factors, rows: np.ndarray) -> list[int]:
    return (factors.items.item_ids[rows] % THEMES).tolist()


def test_it_works(four_themes: Factors, questions: Questions) -> None:
    groups = cluster_items(four_themes.items, four_themes.user_interest, n_groups=THEMES)
    for group, rows in enumerate(groups.shown):
        asked = questions.next(groups.mean_interest[group], (), (), (), (), n=6)
        assert len(set(asked.tolist())) == 6
        assert themes(four_themes, asked).count(themes(four_themes, rows)[0]) >= 4


def test_nothing_answered_or_excluded_is_asked(four_themes: Factors, questions: Questions) -> None:
    items = four_themes.items
    gone = ([0, 1], [2, 3], [4], [5, 6])
    asked = questions.next(items.mean_interest, *gone, n=items.n_items)
    assert sorted(asked.tolist()) == list(range(7, items.n_items))
    nothing = questions.next(items.mean_interest, (), (), (), np.arange(items.n_items), n=3)
    assert nothing.size == 0


def test_not_seen_leads_elsewhere_and_seen_leads_on(
    four_themes: Factors, questions: Questions
) -> None:
    start = four_themes.items.mean_interest
    own = np.flatnonzero(four_themes.items.item_ids % THEMES == 0)[:4]
    unseen = questions.next(start, (), (), own, (), n=8)
    seen = questions.next(start, (), own, (), (), n=8)
    assert themes(four_themes, seen).count(0) > themes(four_themes, unseen).count(0)


def test_of_two_equally_known_movies_the_one_that_teaches_more_comes_first(
    four_themes: Factors, questions: Questions
) -> None:
    rated = questions.pool[:30]
    after = questions.next(four_themes.items.mean_interest, rated, rated, (), (), n=1)
    precision = np.diag(questions.strengths)
    known = questions.design[:30]
    gains = questions._gains(precision + known.T @ known / questions.noise)
    assert (gains[30:] < questions._gains(precision)[30:]).all()
    assert after[0] not in rated


def test_a_catalogue_without_ratings_has_nothing_to_ask(four_themes: Factors) -> None:
    from dataclasses import replace

    items = replace(four_themes.items, n_ratings=np.zeros(four_themes.items.n_items, np.int32))
    questions = Questions.about(items, np.eye(8))
    assert questions.next(items.mean_interest, (), (), (), ()).size == 0
