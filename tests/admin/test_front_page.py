"""The admin's front page, by task."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.test import Client

from cfsite.admin_site import HIDDEN, NAMES, SECTIONS


def sections(client: Client) -> dict[str, list[str]]:
    found = client.get("/admin/").context["app_list"]
    return {str(one["name"]): [str(model["name"]) for model in one["models"]] for one in found}


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
