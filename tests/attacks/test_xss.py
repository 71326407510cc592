"""Text that people and files bring, in every page it appears on: it stays text.

The pages are parsed as browsers do; nothing in them may be an element, attribute or address that a
payload has brought.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from openpyxl import Workbook

from accounts.models import User
from movies.models import PersonalImport
from tests.attacks.payloads import PAYLOADS, dangers
from tests.movies.my_imports import exports


def test_pages_keep_text_text(attacked: tuple[dict, dict]) -> None:
    clients, addresses = attacked
    shown = ""
    for who, client in clients.items():
        for name, address in addresses.get(who, {}).items():
            answer = client.get(address, follow=True)
            content = answer.content.decode()
            shown += content
            assert answer.status_code in {200, 404}, f"{who} {name}"
            assert dangers(content) == [], f"{who} {name}"
    missing = [text for text in PAYLOADS if "xyz" not in shown]
    assert not missing
    assert shown.count("&lt;script&gt;xyz") > 100, "the payloads are on the pages"


@pytest.mark.parametrize("path", ["/movies/", "/movies/suggest/", "/lists/", "/me/ratings/"])
def test_queries_come_back_as_text(alices_client: Client, path: str) -> None:
    for text in PAYLOADS:
        query = dict.fromkeys(("q", "genre", "sort", "page", "year", "next"), text)
        assert dangers(alices_client.get(path, query).content.decode()) == [], text


def in_csv(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""'))


def table() -> io.BytesIO:
    lines = ["Title,Year,Rating", *(f"{in_csv(text)},1980,4" for text in PAYLOADS)]
    return exports.named("\n".join(lines).encode(), "<img src=x onerror=xyz>.csv")


def imdb() -> io.BytesIO:
    header = exports.IMDB_2024.splitlines()[0]
    lines = [
        f"tt{n:07},9,2024-07-02,{in_csv(text)},{in_csv(text)},{in_csv(text)},Movie,8,117,1979,"
        f"{in_csv(text)},1,1979-05-25,{in_csv(text)}"
        for n, text in enumerate(PAYLOADS, 1)
    ]
    return exports.named("\n".join([header, *lines]).encode(), "ratings.csv")


def letterboxd() -> io.BytesIO:
    films = [f"2020-03-01,{in_csv(text)},1979,{in_csv(text)}" for text in PAYLOADS]
    watched = "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date"
    return exports.zip_file(
        {
            "ratings.csv": "\n".join(
                ["Date,Name,Year,Letterboxd URI,Rating", *(f"{film},4" for film in films)]
            ),
            "diary.csv": "\n".join(
                [watched, *(f"{film},4,,{film.split(',')[1]},2020-02-29" for film in films[:1])]
            ),
            "lists/<img src=x onerror=xyz>.csv": exports.LETTERBOXD["lists/space.csv"].replace(
                ",Space,", ",<script>xyz</script>,"
            ),
        }
    )


def trakt() -> io.BytesIO:
    rows = [
        {
            "rated_at": "2024-01-15T10:30:00.000Z",
            "rating": 9,
            "type": "movie",
            "movie": exports.trakt_movie(text, 1979, f"tt{number:07}", number),
        }
        for number, text in enumerate(PAYLOADS, 1)
    ]
    return exports.zip_file({"ratings-movies.json": json.dumps(rows)})


def simkl() -> io.BytesIO:
    rows = [
        {
            "status": "completed",
            "user_rating": 7,
            "user_rated_at": "2023-05-01T12:00:00Z",
            "movie": {"title": text, "year": 1979, "ids": {"simkl": text}},
        }
        for text in PAYLOADS
    ]
    return exports.json_file({"movies": rows})


@pytest.mark.parametrize("made", [table, imdb, letterboxd, trakt, simkl])
def test_an_imported_file_comes_back_as_text(
    alices_client: Client, alice: User, made: Callable[[], io.BytesIO]
) -> None:
    file = made()
    page = alices_client.post("/me/import/", {"file": file, "files": file}, follow=True)
    assert dangers(page.content.decode()) == []
    (found,) = PersonalImport.objects.filter(user=alice)
    shown = ""
    for step in ("", "choose/", "progress/"):
        answer = alices_client.get(f"/me/import/{found.pk}/{step}", follow=True)
        shown += answer.content.decode()
        assert dangers(answer.content.decode()) == [], step
    assert "xyz" in shown, "the payloads are on the pages"


def catalogue(extension: str) -> bytes:
    columns = ["title", "original_title", "genres", "description", "<script>xyz</script>"]
    rows = [[*([text] * len(columns)), f"tt{number:07}"] for number, text in enumerate(PAYLOADS, 1)]
    columns.append("imdb_id")  # many of the titles are equal without punctuation
    if extension == "json":
        return json.dumps([dict(zip(columns, row, strict=True)) for row in rows]).encode()
    if extension == "csv":
        return "\n".join(",".join(map(in_csv, row)) for row in (columns, *rows)).encode()
    book, file = Workbook(), io.BytesIO()
    for row in (columns, *rows):
        book.active.append(row)
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("extension", ["csv", "json", "xlsx"])
def test_so_does_a_file_of_movies(staff_client: Client, extension: str) -> None:
    file = exports.named(catalogue(extension), f"<img src=x onerror=xyz>.{extension}")
    content = staff_client.post("/admin/movies/movie/upload/", {"file": file}).content.decode()
    assert [danger for danger in dangers(content) if "xyz" in danger] == []
    assert content.count("xyz") > 10, "the payloads are on the page"


@pytest.mark.parametrize("text", [text for text in PAYLOADS if "<" in text][:12])
def test_the_parser_sees_what_is_not_escaped(text: str) -> None:
    """The control."""
    page = f'<title>{text}</title><a title="{text}">{text}</a><textarea>{text}</textarea>'
    assert dangers(page)


def writable_texts(
    of: admin.ModelAdmin, request: HttpRequest, row: models.Model
) -> list[models.Field]:
    """Fields that the admin's form takes any text for."""
    form = of.get_form(request, row, change=True)
    return [
        field
        for field in of.model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and field.name in form.base_fields
        and not field.choices
    ]


def test_admin_pages_keep_text_text(
    attacked: Any, staff: User, staff_client: Client, rf: RequestFactory
) -> None:
    """Lists and forms of all models, with a payload in each text of a row."""
    request = rf.get("/admin/")
    request.user = staff
    looked_at = set()
    for model, of in admin.site._registry.items():
        row = model._default_manager.order_by("pk").last()
        if row is None or model is User:
            continue
        for number, field in enumerate(writable_texts(of, request, row)):
            payload = PAYLOADS[(0, 8, 14, 16)[number % 4]][: field.max_length]
            # Constraints refuse some, such as an IMDb id.
            with contextlib.suppress(IntegrityError), transaction.atomic():
                model._base_manager.filter(pk=row.pk).update(**{field.name: payload})
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for address in (reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[row.pk])):
            answer = staff_client.get(address, follow=True)
            assert answer.status_code in {200, 403}, address
            found = [danger for danger in dangers(answer.content.decode()) if "xyz" in danger]
            assert found == [], address
        looked_at.add(model)
    assert len(looked_at) >= 6
