"""After an erasure, a search of every store for the person's name, e-mail and id finds nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.core.mail import EmailMessage, get_connection
from django.db import connection
from django.test import Client

from accounts import account_deletion
from accounts.kept_data import personal_models
from accounts.models import User
from cfsite.lib import mail_folder
from cfsite.lib.api.throttling import MemberReads, MemberWrites
from cfsite.lib.web.log_paths import RoutesForPaths
from movies.lists import entries, lifecycle
from movies.models import Movie, MovieList
from recommender.models import Group, Member
from tests.accounts.canary import (
    USER_ID,
    WORD,
    filled_models,
    found_in_files,
    found_in_tables,
    make_canary,
)


@pytest.fixture
def erase(django_capture_on_commit_callbacks: Callable) -> Callable[[User], None]:
    """As in production, with what follows the commit."""

    def erase(user: User) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            account_deletion.erase(user)

    return erase


def test_it_works(bob: User, erase: Callable, caplog: pytest.LogCaptureFixture) -> None:
    user = make_canary()
    assert set(filled_models()) == {model._meta.label for model in personal_models()}
    tables = {model._meta.db_table for model in personal_models()}
    assert tables <= set(found_in_tables(WORD, str(USER_ID)))
    erase(user)
    assert found_in_tables(WORD, str(USER_ID)) == {}
    assert WORD not in caplog.text
    assert User.objects.get() == bob


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a file to read byte by byte")
@pytest.mark.django_db(transaction=True)  # committed: there is a log to search
def test_no_byte_of_the_sqlite_file_and_its_log_tells(bob: User, make_movie: Callable) -> None:
    folder = Path(connection.settings_dict["NAME"]).parent
    user = make_canary()
    # Long texts and many rows, so that pages overflow, split and are moved.
    movies = [make_movie(f"M{n}") for n in range(300)]
    for number in range(20):
        made = lifecycle.create(user, f"{WORD} list {number}", description=WORD * 70)
        for movie in movies[number * 15 :][:15]:
            entries.add(made, movie, note=f"{WORD} note {movie.pk}")
    assert found_in_files(folder, WORD)
    account_deletion.erase(user)
    assert found_in_files(folder, WORD, str(USER_ID)) == []


@pytest.mark.django_db(transaction=True)  # committed: there is a log to search
def test_without_secure_delete_the_bytes_stay(bob: User) -> None:
    """The control: what the search finds when the setting is off."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete = OFF")
    try:
        account_deletion.erase(make_canary())
        assert found_in_files(Path(connection.settings_dict["NAME"]).parent, WORD)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
            cursor.execute("VACUUM")


def test_what_others_keep_has_no_name_of_the_person_in_it(
    bob: User, make_movie: Callable[..., Movie], erase: Callable
) -> None:
    user = make_canary()
    group = Group.objects.create(owner=user, name=f"Fridays with {WORD}")
    for member in (user, bob):
        Member.objects.create(group=group, user=member)
    original = lifecycle.create(user, f"Best of {WORD}", visibility="public")
    entries.add(original, make_movie("Alien"))
    copied = lifecycle.copy(original, bob)
    renamed = lifecycle.copy(original, bob)
    lifecycle.change(renamed, name="My space horror")
    erase(user)
    assert found_in_tables(WORD, str(USER_ID)) == {}
    group.refresh_from_db()
    assert (group.owner, group.name) == (bob, "Movie night")
    names = dict(MovieList.objects.values_list("pk", "name"))
    assert names == {copied.pk: "Copy of a list", renamed.pk: "My space horror"}
    assert copied.entries.count() == 1


def test_a_copy_of_a_list_that_was_deleted_before_is_found_too(bob: User, erase: Callable) -> None:
    user = make_canary()
    original = lifecycle.create(user, f"Best of {WORD}", visibility="public")
    lifecycle.copy(original, bob)
    lifecycle.delete(original)
    erase(user)
    assert found_in_tables(WORD) == {}


def test_the_admins_log_keeps_that_something_was_done(staff: User, erase: Callable) -> None:
    user = make_canary()
    for row in (user, user.profile, MovieList.objects.get(owner=user)):
        LogEntry.objects.create(
            user=staff,
            content_type=ContentType.objects.get_for_model(row),
            object_id=row.pk,
            object_repr=str(row),
            action_flag=2,
            change_message=f"Changed {row}",
        )
    erase(user)
    assert found_in_tables(WORD, str(USER_ID)) == {}
    assert {(entry.user, entry.object_repr) for entry in LogEntry.objects.all()} == {
        (staff, "erased")
    }


def test_an_operator_erases_as_the_person_would(staff_client: Client, bob: User) -> None:
    make_canary()
    answer = staff_client.post(f"/admin/accounts/user/{USER_ID}/delete/", {"post": "yes"})
    assert answer.status_code == 302
    # The message to the operator names the user, once.
    staff_client.get("/admin/")
    assert found_in_tables(WORD, str(USER_ID)) == {}
    assert LogEntry.objects.get().object_repr == "erased"


def test_logged_in_elsewhere_is_logged_out(
    bob: User, django_capture_on_commit_callbacks: Callable
) -> None:
    user = make_canary()
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        client.force_login(user)
    with django_capture_on_commit_callbacks(execute=True):
        page = here.post("/me/erase/", {"password": f"{WORD} password"}, follow=True)
    assert b"have been erased" in page.content
    assert elsewhere.get("/me/settings/").status_code == 302
    assert found_in_tables(WORD, str(USER_ID)) == {}


def test_counts_of_requests_go_too(db: None, django_capture_on_commit_callbacks: Callable) -> None:
    user = make_canary()
    client = Client()
    client.force_login(user)
    client.post("/me/erase/", {"password": "a guess"})
    assert found_in_tables(f"user:{USER_ID}")
    counts = [
        f"{throttle.key_of(USER_ID)}_{int(throttle().timer() // 60)}"
        for throttle in (MemberReads, MemberWrites)
    ]
    for count in counts:
        caches["limits"].set(count, 1, 60)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/me/erase/", {"password": f"{WORD} password"})
    assert found_in_tables(str(USER_ID)) == {}
    assert caches["limits"].get_many(counts) == {}


def test_mails_in_the_folder_go(
    tmp_path: Path, settings: object, caplog: object, erase: Callable
) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path)
    with caplog.at_level(logging.INFO):
        for to in (f"{WORD}@{WORD}.example", "bob@example.org"):
            folder = get_connection("cfsite.lib.mail_folder.MailFolder")
            EmailMessage("Hello", f"Dear {to}", to=[to], connection=folder).send()
    assert WORD not in caplog.text
    assert found_in_files(tmp_path, WORD)
    erase(make_canary())
    assert found_in_files(tmp_path, WORD) == []
    assert len(list(tmp_path.iterdir())) == 1


def test_mails_are_kept_for_a_day(
    tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path)
    (tmp_path / "a.log").write_text("To: bob@example.org")
    account_deletion.erase_leftovers()
    assert list(tmp_path.iterdir())
    monkeypatch.setattr(mail_folder, "KEPT_SECONDS", -1)
    account_deletion.erase_leftovers()
    assert not list(tmp_path.iterdir())


def test_the_log_tells_no_names(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    make_canary()
    caplog.handler.addFilter(RoutesForPaths())
    client.get(f"/people/{WORD}-username/")
    assert "/people/<str:username>/" in caplog.text
    assert WORD not in caplog.text
    assert "routes" in settings.LOGGING["handlers"]["console"]["filters"]
