"""The page that says what the site keeps about people."""

import re
from html import unescape

import pytest
from django.db import models
from django.test import Client

from accounts import kept_data
from accounts.data_export import _tables
from accounts.models import User
from recommender.models import TrainingRun

PAGE = "/about/data/"


def text_of(answer: object) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_it_works(client: Client, db: None) -> None:
    page = text_of(client.get(PAGE))
    assert "Your ratings, and when you gave them" in page
    assert "become public at 5 ratings" in page
    assert "In your export: ratings.csv" in page
    assert "Ask the operator of this site how long they are kept" in page


def test_every_model_with_a_persons_data_is_described() -> None:
    assert kept_data.undescribed() == []


def test_what_nobody_described_appears_all_the_same(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        kept_data, "_kept", [kept for kept in kept_data._kept if kept.models != ("movies.Rating",)]
    )
    page = text_of(client.get(PAGE))
    assert "Ratings Until you delete it or erase your account" in page
    assert "half stars" in page


def test_every_file_it_names_is_in_the_export_and_the_other_way_round() -> None:
    named = {file for kept in kept_data._kept for file in kept.files}
    exported = {f"{name}.csv" for name, table in _tables.items() if table.in_json}
    assert named == exported | {"account.json"}


def test_each_field_of_a_table_is_named(client: Client, db: None) -> None:
    page = text_of(client.get(PAGE))
    for model in kept_data.personal_models():
        for field in model._meta.concrete_fields:
            if not isinstance(field, models.AutoField):
                assert str(field.verbose_name) in page


def test_a_trace_of_erased_accounts_is_told(client: Client, alice: User) -> None:
    assert "since been erased" not in text_of(client.get(PAGE))
    TrainingRun.objects.create(state="ready", is_active=True, n_erased=2)
    assert "The live model learned from 2 accounts that have since been erased" in text_of(
        client.get(PAGE)
    )


@pytest.mark.parametrize("path", ["/", "/accounts/signup/", "/me/settings/"])
def test_it_is_linked(alices_client: Client, client: Client, path: str) -> None:
    asking = client if "signup" in path else alices_client
    main = asking.get(path).content.decode()
    assert f'href="{PAGE}"' in main


def test_how_long_backups_are_kept_is_the_operators_word(
    client: Client, db: None, settings: object
) -> None:
    settings.BACKUP_DAYS = 30
    assert "Backups are deleted after 30 days" in text_of(client.get(PAGE))
