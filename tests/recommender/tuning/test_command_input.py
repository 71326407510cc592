"""What manage.py tune refuses, and in which words."""

import pytest
from django.core.management import CommandError

from movies.models import Movie
from recommender.models import HyperparameterSearch
from recommender.tuning import lifecycle, objective
from tests.recommender.tuning.conftest import tune


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--minutes", "0"], "more than 0"),
        (["--minutes", "-5"], "more than 0"),
        (["--minutes", "nan"], "more than 0"),
        (["--minutes", "1e9"], "more than 0"),
        (["--minutes", "soon"], "invalid"),
        (["--trials", "0"], "1 or more"),
        (["--trials", "many"], "invalid"),
        (["--use", "99"], "no search 99"),
        (["--use", "-1"], "no search -1"),
        (["--use", "best"], "no search best"),
    ],
)
def test_bad_input_is_refused(db: None, words: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        tune(*words)
    assert not HyperparameterSearch.objects.exists()


def test_a_search_that_found_nothing_cannot_be_used(finished_search: HyperparameterSearch) -> None:
    HyperparameterSearch.objects.update(values={})
    with pytest.raises(CommandError, match="nothing better"):
        tune("--use", str(finished_search.pk))


def test_too_few_ratings_are_refused(
    two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objective, "MIN_VALIDATION", 500)
    with pytest.raises(CommandError, match="1000 are needed"):
        tune("--minutes", "1")
    assert HyperparameterSearch.objects.get().state == HyperparameterSearch.State.FAILED


def test_a_site_without_ratings_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="0 ratings are left"):
        tune("--minutes", "1")


def test_a_second_search_at_the_same_time_is_refused(two_tastes: list[Movie]) -> None:
    lifecycle.claim(60, new=False, seed=1)
    with pytest.raises(CommandError, match="another search is running"):
        tune("--minutes", "1")
