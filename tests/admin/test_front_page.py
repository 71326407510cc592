"""The admin's front page, by task."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import timezone

from accounts.models import User
from cfsite.admin_site import HIDDEN, NAMES, SECTIONS
from cfsite.operations import heartbeats
from cfsite.operations.models import Alert, ListUse
from movies.models import Rating


def sections(client: Client) -> dict[str, list[str]]:
    found = client.get("/admin/").context["app_list"]
    return {str(one["name"]): [str(model["name"]) for model in one["models"]] for one in found}


@pytest.mark.slow  # asks when the tables were migrated
def test_it_works(staff_client: Client) -> None:
    found = sections(staff_client)
    assert list(found) == [str(name) for name, _apps, _labels in SECTIONS]
    assert found["Catalogue"][:3] == ["Movies", "Requested movies", "Merges of movies"]
    names = [name for models in found.values() for name in models]
    assert names.count("Groups") == 1
    assert not {"Clockeds", "Solar events", "Crontabs", "Intervals"} & set(names)
    assert "Scheduled work" in names


def test_every_model_has_a_place(staff_client: Client) -> None:
    n = sum(len(models) for models in sections(staff_client).values())
    assert n == len(admin.site._registry) - len(HIDDEN)
    known = {model._meta.label for model in admin.site._registry}
    assert {label for _name, _apps, labels in SECTIONS for label in labels} - known <= {
        # Registered by the module of facts.
        *("movies.Person", "movies.FactFetch"),
    }
    assert set(NAMES) <= known
    assert known >= HIDDEN


def test_a_helper_sees_what_they_may(helper_client: Callable[..., Client]) -> None:
    assert sections(helper_client("view_movie")) == {"Catalogue": ["Movies"]}


def test_the_page_of_an_app_is_still_there(staff_client: Client) -> None:
    page = staff_client.get("/admin/django_celery_beat/").content
    assert b"Intervals" in page
    assert b"Crontabs" not in page


@pytest.mark.parametrize("path", ["/admin/", "/admin/movies/movie/"])
def test_it_has_the_sites_name(staff_client: Client, settings: object, path: str) -> None:
    settings.SITE_NAME = "Kino Babylon"
    page = staff_client.get(path).content.decode()
    assert "Kino Babylon</title>" in page
    assert "Django" not in page.partition("<main")[0]


def test_it_shows_how_the_site_does(
    staff_client: Client, alice: User, make_movie: Callable, queries: Callable[[Client, str], int]
) -> None:
    Rating.objects.rate(alice, make_movie(), 4)
    ListUse.objects.add(timezone.localdate(), opened=4, led_on=1)
    Alert.objects.create(kind="disk_low", detail="12 MB are free")
    heartbeats.beat(["worker"])
    page = staff_client.get("/admin/")
    shown = page.context["dashboard"]
    facts = {str(fact.name): (fact.value, fact.is_fine) for fact in shown.facts}
    assert facts["Worker"] == ("running", True)
    assert facts["Schedule (beat)"] == ("never seen", False)
    assert facts["Model"] == ("none yet", False)
    assert facts["Waiting"] == ("nothing", True)
    assert facts["Backup"] == ("none yet", True)
    ratings, people, lists = shown.charts
    assert (ratings.highest, people.highest, lists.highest) == ("1", "1", "25 %")
    assert ratings.bars[-1].height == ratings.height
    assert [len(chart.bars) for chart in shown.charts] == [30, 30, 30]
    assert "12 MB are free" in page.content.decode()
    assert queries(staff_client, "/admin/") < 30


def test_the_dashboard_is_for_those_who_may(helper_client: Callable[..., Client]) -> None:
    assert "dashboard" not in helper_client("view_movie").get("/admin/").context
