"""The pages of an import, from the upload to the list and back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from movies.models import ImportedRow, Mark, Movie, PersonalImport, Rating
from movies.my_imports import lifecycle
from tests.movies.my_imports import exports

UPLOAD = "/me/import/"


def upload(client: Client, file: Any, **fields: str) -> Any:
    return client.post(UPLOAD, {"file": file, **fields})


@pytest.fixture
def ready(alices_client: Client, films: dict[str, Movie]) -> PersonalImport:
    answer = upload(alices_client, exports.zip_file(exports.LETTERBOXD))
    assert answer.status_code == 302
    return PersonalImport.objects.get()


def page(client: Client, made: PersonalImport) -> str:
    answer = client.get(f"/me/import/{made.pk}/")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def do(client: Client, made: PersonalImport, action: str, **fields: str) -> None:
    answer = client.post(f"/me/import/{made.pk}/{action}/", fields)
    assert answer.status_code == 302
    made.refresh_from_db()


def test_it_works(alices_client: Client, alice: User, ready: PersonalImport) -> None:
    shown = page(alices_client, ready)
    assert "Import from Letterboxd" in shown
    assert "Nothing is saved yet." in shown
    assert "<dt>Ratings</dt> <dd>2" in shown  # one of them three times: diary and review
    assert not Rating.objects.exists()
    do(alices_client, ready, "start", policy="newer")
    assert "Importing from Letterboxd" in page(alices_client, ready)
    lifecycle.run(ready)
    shown = page(alices_client, ready)
    assert "See your picks from 2 ratings" in shown
    assert 'href="/"' in shown
    do(alices_client, ready, "undo")
    lifecycle.run(ready)
    assert "The import was undone" in page(alices_client, ready)
    assert not Rating.objects.exists()


def test_the_preview_compares_with_ones_own_ratings(
    alices_client: Client, alice: User, ready: PersonalImport, films: dict
) -> None:
    Rating.objects.rate(alice, films["alien"], 4.5)
    Rating.objects.rate(alice, films["amelie"], 1)
    shown = page(alices_client, ready)
    assert "the same as yours" in shown
    assert "1 different from yours" in shown


def test_a_refused_file_is_answered_with_the_reason(alices_client: Client) -> None:
    answer = upload(alices_client, exports.csv_file("x" * 10))
    assert answer.status_code == 422
    assert "The table has no rows." in answer.content.decode()
    answer = alices_client.post(UPLOAD, {})
    assert "Choose a file." in answer.content.decode()


def test_a_table_asks_for_its_columns(alices_client: Client, films: dict) -> None:
    upload(alices_client, exports.csv_file("film,jahr,note\nAlien,1979,9\n"))
    asking = PersonalImport.objects.get()
    assert "What’s in your columns?" in page(alices_client, asking)
    address = f"/me/import/{asking.pk}/columns/"
    answer = alices_client.post(address, {"title": "film", "rating": "note", "scale": "5"})
    assert answer.status_code == 422
    assert "go up to 9" in answer.content.decode()
    answer = alices_client.post(
        address, {"title": "film", "year": "jahr", "rating": "note", "scale": "10"}
    )
    assert answer.status_code == 302
    made = PersonalImport.objects.get()
    assert "1 to 10 (7 becomes 3.5 stars)" in page(alices_client, made)


def test_ambiguous_films_are_chosen_by_hand(
    alices_client: Client, alice: User, make_movie: Any
) -> None:
    first, second = make_movie("Emma", 1996), make_movie("Emma", 1996)
    text = "Date,Name,Year,Letterboxd URI,Rating\n2020-01-01,Emma,1996,u,4\n"
    files = {"ratings.csv": text, "watched.csv": text.replace(",Rating", "").replace(",4", "")}
    upload(alices_client, exports.zip_file(files))
    made = PersonalImport.objects.get()
    address = f"/me/import/{made.pk}/choose/"
    row = made.rows.filter(kind="rating").get()
    assert alices_client.get(address).content.decode().count("Emma (1996)") >= 3
    alices_client.post(address, {f"row-{row.pk}": str(make_movie("Other").pk)})
    assert made.rows.filter(match="ambiguous").count() == 2
    alices_client.post(address, {f"row-{row.pk}": str(second.pk), "row-x": "1", "row-0": "none"})
    assert set(made.rows.values_list("movie", "match")) == {(second.pk, "chosen")}
    assert first.pk != second.pk
    do(alices_client, made, "start")
    lifecycle.run(made)
    assert Rating.objects.of(alice).get().movie == second


def test_missing_films_as_a_table(alices_client: Client, alice: User) -> None:
    text = "Date,Name,Year,Letterboxd URI,Rating\n2020-01-01,=SUM(1),1996,u,4\n"
    upload(alices_client, exports.csv_file(text))
    made = PersonalImport.objects.get()
    answer = alices_client.get(f"/me/import/{made.pk}/missing.csv")
    body = b"".join(answer.streaming_content).decode()
    assert "'=SUM(1),1996" in body
    assert "attachment" in answer["Content-Disposition"]


def test_movies_are_added_only_where_the_site_allows_it(
    alices_client: Client, settings: Any
) -> None:
    for allowed, n in ((False, 0), (True, 4)):
        settings.IMPORT_ADDS_MOVIES = allowed
        upload(alices_client, exports.zip_file(exports.LETTERBOXD))
        made = PersonalImport.objects.order_by("pk").last()
        assert ("Add the missing movies" in page(alices_client, made)) is allowed
        do(alices_client, made, "start", adds_movies="on")
        lifecycle.run(made)
        assert Movie.objects.count() == n


def test_a_waiting_import_says_that_no_worker_came_and_runs_here(
    alices_client: Client, alice: User, ready: PersonalImport, time_machine_later: Any
) -> None:
    do(alices_client, ready, "start")
    do(alices_client, ready, "run")
    assert ready.state == "waiting"  # the worker still has time
    assert "hasn’t started yet" not in page(alices_client, ready)
    time_machine_later(lifecycle.WORKER_BEGINS)
    assert "hasn’t started yet" in page(alices_client, ready)
    do(alices_client, ready, "run")
    assert ready.state == "done"
    assert Rating.objects.of(alice).count() == 2


def test_cancelled_gone_on_with_and_discarded(
    alices_client: Client, alice: User, ready: PersonalImport
) -> None:
    do(alices_client, ready, "start", policy="mine")
    do(alices_client, ready, "cancel")
    assert "The import was cancelled" in page(alices_client, ready)
    assert not lifecycle.run(ready)
    do(alices_client, ready, "resume")
    assert (ready.state, ready.policy) == ("waiting", "mine")
    alices_client.post(f"/me/import/{ready.pk}/discard/")
    assert PersonalImport.objects.exists()
    upload(alices_client, exports.zip_file(exports.LETTERBOXD))
    second = PersonalImport.objects.get(state="ready")
    alices_client.post(f"/me/import/{second.pk}/discard/")
    assert list(PersonalImport.objects.all()) == [ready]


def test_progress_reloads_the_page_at_the_end(alices_client: Client, ready: PersonalImport) -> None:
    do(alices_client, ready, "start")
    address = f"/me/import/{ready.pk}/progress/"
    htmx = {"HX-Request": "true"}
    assert "0 %" in alices_client.get(address, headers=htmx).content.decode()
    assert alices_client.get(address).status_code == 302
    lifecycle.run(ready)
    assert alices_client.get(address, headers=htmx)["HX-Refresh"] == "true"


@pytest.mark.parametrize("action", ["", "progress/", "choose/", "missing.csv"])
def test_bob_cannot_see_alices_import(
    bobs_client: Client, ready: PersonalImport, action: str
) -> None:
    assert bobs_client.get(f"/me/import/{ready.pk}/{action}").status_code == 404


@pytest.mark.parametrize(
    "action", ["start", "resume", "cancel", "undo", "run", "discard", "columns", "choose"]
)
def test_bob_cannot_touch_alices_import(
    bobs_client: Client, ready: PersonalImport, action: str
) -> None:
    assert bobs_client.post(f"/me/import/{ready.pk}/{action}/").status_code == 404
    ready.refresh_from_db()
    assert ready.state == "ready"


def test_visitors_log_in_first(client: Client) -> None:
    assert client.get(UPLOAD).status_code == 302
    assert client.get("/me/import/99999999999999999999/").status_code in (302, 404)


def test_an_erased_account_takes_its_imports_along(
    alices_client: Client, alice: User, ready: PersonalImport
) -> None:
    do(alices_client, ready, "start")
    lifecycle.run(ready)
    alice.delete()
    assert not PersonalImport.objects.exists()
    assert not ImportedRow.objects.exists()
    assert not Mark.objects.exists()
