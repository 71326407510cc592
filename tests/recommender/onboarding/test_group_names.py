"""Names of the groups of movies to pick from."""

from types import SimpleNamespace

import numpy as np
import pytest
from django.test import Client
from django.utils import translation

from movies.models import Genre, Movie
from recommender.core.onboarding.cluster_traits import ClusterTraits
from recommender.models import TrainingRun
from recommender.onboarding import group_names
from recommender.onboarding.group_names import GroupName, Years
from tests.recommender.onboarding.conftest import groups, is_even

LABELS = ["Adventure", "Drama", "Sci-Fi", Years(1990), Years(2000), Years(1990, is_before=True)]
BASE = [0.2, 0.5, 0.1, 0.2, 0.5, 0.3]


def named(monkeypatch: pytest.MonkeyPatch, *shares: list[float]) -> list[str]:
    """The names of groups in which the traits of `LABELS` are as common as this."""
    traits = ClusterTraits(np.array(shares), np.array(BASE))
    monkeypatch.setattr(group_names, "_traits", lambda run_groups: (traits, LABELS))
    run_groups = SimpleNamespace(groups=shares, model=SimpleNamespace(derived={}))
    return [name.text("Alien") for name in group_names.names_of_groups(run_groups)]


def test_it_works(
    two_tastes: list[Movie], fitted: TrainingRun, bobs_client: Client, settings: object
) -> None:
    for name, movies in (("Sci-Fi", two_tastes[::2]), ("Comedy", two_tastes[1::2])):
        genre = Genre.objects.create(name=name, slug=name.lower())
        genre.movies.set(movies)
    found = groups(bobs_client)
    assert len(found) >= 2
    assert len({group.name for group in found}) == len(found)
    assert {group.name for group in found if is_even(group)} & {"Sci-Fi"}
    assert all(("Sci-Fi" in group.name) == is_even(group) for group in found[:2])
    page = bobs_client.get("/start/").content.decode()
    assert all(f">{group.name}</span>" in page for group in found)
    api = bobs_client.get("/api/v1/start/").json()
    assert [group["name"] for group in api["groups"]] == [group.name for group in found]


def test_it_names_what_is_commoner_than_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    space = [0.6, 0.5, 0.6, 0.2, 0.5, 0.3]
    old = [0.2, 0.6, 0.1, 0.1, 0.1, 0.8]
    nineties = [0.2, 0.4, 0.1, 0.7, 0.2, 0.1]
    assert named(monkeypatch, space, old, nineties) == [
        "Sci-Fi & Adventure",
        "Classics before 1990",
        "Movies of the 1990s",
    ]


def test_groups_that_are_alike_get_different_names(monkeypatch: pytest.MonkeyPatch) -> None:
    space, nothing = [0.6, 0.5, 0.6, 0.2, 0.5, 0.4], BASE
    names = named(monkeypatch, *[space] * 5, nothing, nothing)
    assert names == [
        "Sci-Fi & Adventure",
        "Sci-Fi before 1990",
        "Sci-Fi",
        "Adventure before 1990",
        "Adventure",
        "A bit of everything",
        "Movies like Alien",
    ]


def test_names_are_in_the_reader_s_language() -> None:
    name = GroupName(frozenset(["Adventure", "Sci-Fi"]), "Sci-Fi")
    assert name.text("") == "Sci-Fi & Adventure"
    with translation.override("de"):
        assert name.text("") == "Science-Fiction & Abenteuer"


def test_the_order_of_two_genres_makes_no_other_name() -> None:
    both = frozenset(["Adventure", "Sci-Fi"])
    assert GroupName(both, "Sci-Fi") == GroupName(both, "Adventure")
