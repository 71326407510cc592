"""Files that are too large, broken or hostile: refused with a reason, and nothing is kept."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from movies.models import ImportedRow, PersonalImport
from movies.my_imports.parsing import uploads
from movies.my_imports.parsing.entries import Refused
from tests.movies.my_imports import exports
from tests.movies.my_imports.conftest import Import

HEADER = "Date,Name,Year,Letterboxd URI,Rating\n"
ROW = "2020-03-01,Alien,1979,https://boxd.it/29Mc,4.5\n"


def test_it_works(read: Import) -> None:
    assert read(exports.csv_file(HEADER + ROW)).state == "ready"


def refused(read: Import, file: io.BytesIO, **options: object) -> str:
    with pytest.raises(Refused) as error:
        read(file, **options)
    assert not PersonalImport.objects.exists()
    assert not ImportedRow.objects.exists()
    return str(error.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n\n", "couldn’t read any file"),
        (HEADER.encode(), "No movies were found"),
        ((HEADER + ROW).encode("utf-16"), "UTF-16"),
        ((HEADER + ROW).encode() + b"2020-03-01,\x00,1979,x,4\n", "line 3: it contains a NUL"),
        ((HEADER + ROW).encode() + b'2020-03-01,"Alien,1979,x,4\n', "line 3: the quotation marks"),
        ((HEADER + ROW).encode() + b'2020-03-01,"Al"ien,1979,x,4\n', "line 3: the quotation marks"),
        ((HEADER + ROW).encode() + b"x" * 10_000_000, "line 3: the line is too long"),
        (
            (HEADER + ROW).encode() + b'2020-03-01,"' + b"x\n" * 200_000,
            "quotation marks don’t match",
        ),
        ((HEADER + ROW).encode() + b"," * 300 + b"\n", "line 3: the line has too many columns"),
        ((HEADER + ROW).encode() + b"2020-03-01,\x8d\x81,1979,x,4\n", "line 3: this isn’t UTF-8"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (b"[1, 2", "isn’t valid JSON"),
        (b"[" * 100_000, "isn’t valid JSON"),
        (b'{"movies": [{"status": NaN, "movie": {}}]}', "isn’t valid JSON"),
        (b"<recentratings><film>", "isn’t valid XML"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><recentratings>&a;</recentratings>', "document type"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "NUL"),
    ],
)
def test_a_file_that_cannot_be_read(read: Import, content: bytes, reason: str) -> None:
    assert reason in refused(read, exports.named(content, "ratings.csv"))


@pytest.mark.parametrize(
    "name", ["../ratings.csv", "/etc/ratings.csv", "a/../../x.csv", "C:\\x.csv"]
)
def test_names_that_lead_out_of_the_zip(read: Import, name: str) -> None:
    assert "leads outside" in refused(read, exports.zip_file({name: HEADER + ROW}))


def test_a_zip_in_a_zip(read: Import) -> None:
    inner = exports.zip_file({"ratings.csv": HEADER + ROW}).getvalue()
    assert "another zip" in refused(read, exports.zip_file({"inner.zip": inner}))


def test_a_zip_with_a_password(read: Import) -> None:
    content = bytearray(exports.zip_file({"ratings.csv": HEADER + ROW}).getvalue())
    content[6] |= 1  # the flags of the local header and of the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "password" in refused(read, exports.named(bytes(content), "x.zip"))


def test_a_bomb(read: Import) -> None:
    file = exports.zip_file({"ratings.csv": HEADER + ROW + "0" * 20_000_000})
    assert "times its size" in refused(read, file)


def test_a_bomb_of_many_files(read: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_UNPACKED_BYTES", 1000)
    files = {f"{n}.csv": HEADER + ROW for n in range(20)}
    assert "would unpack to more than" in refused(read, exports.zip_file(files))


def test_too_many_files(read: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_MEMBERS", 3)
    files = {f"{n}.csv": "x" for n in range(4)}
    assert "more than 3 files" in refused(read, exports.zip_file(files))


def test_a_size_that_lies(read: Import) -> None:
    """The directory says less than there is: the file's checksum then does not fit."""
    file = exports.zip_file({"ratings.csv": HEADER + ROW * 50})
    content = bytearray(file.getvalue())
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = (100).to_bytes(4, "little")
    assert "damaged" in refused(read, exports.named(bytes(content), "x.zip"))


def test_too_many_bytes_and_lines(read: Import, settings: Any) -> None:
    settings.IMPORT_MAX_ROWS = 3
    assert "more than 3 lines" in refused(read, exports.csv_file(HEADER + ROW * 4))
    settings.IMPORT_MAX_MB = 0
    assert "larger than 0 MB" in refused(read, exports.csv_file(HEADER + ROW))


def test_a_document_too_large_for_memory(read: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_DOCUMENT_BYTES", 100)
    assert "larger than" in refused(read, exports.json_file(exports.SIMKL))


@pytest.mark.parametrize("rating", ["nan", "inf", "1_000", "４", "1e0", "--", "4.5.5", "-3", "A+"])
def test_a_value_that_is_no_rating_costs_its_line(read: Import, rating: str) -> None:
    bad = f"2020-03-01,Heat,1995,https://boxd.it/2,{rating}\n"
    made = read(exports.csv_file(HEADER + ROW + bad))
    assert made.rows.get().title == "Alien"
    assert made.counts == {"unreadable": 1}
    assert made.problems == [["export.csv", 3, f"“{rating}” isn’t a rating"]]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("x,Heat,1995,u,4\n", "“x” isn’t a date"),
        ("2020-02-31,Heat,1995,u,4\n", "“2020-02-31” isn’t a date"),
        ("2020-03-01,Heat,95,u,4\n", "“95” isn’t a year"),
        ("2020-03-01,,1995,u,4\n", "the title is missing"),
        (f"2020-03-01,{'x' * 400},1995,u,4\n", "a value is longer than 300 characters"),
        ("2020-03-01,Heat,1995,4\n", "the line has 4 columns but the header has 5"),
    ],
)
def test_a_line_that_cannot_be_read_is_reported(read: Import, row: str, reason: str) -> None:
    assert read(exports.csv_file(HEADER + ROW + row)).problems == [["export.csv", 3, reason]]


def test_invisible_characters_are_dropped(read: Import) -> None:
    text = HEADER + "2020-03-01,\u202eAl\u200bien\ufeff,1979,https://boxd.it/29Mc,4.5\n"
    assert read(exports.csv_file(text)).rows.get().title == "Alien"
    lone = '[{"rated_at": null, "rating": 9, "type": "movie", "movie": {"title": "Al\\ud800ien"}}]'
    assert read(exports.csv_file(lone)).rows.get().title == "Alien"


def test_a_folder_of_a_mac_and_hidden_files_are_passed_over(read: Import) -> None:
    files = {"ratings.csv": HEADER + ROW, "__MACOSX/._ratings.csv": b"\0\0", ".DS_Store": b"\0\1"}
    assert read(exports.zip_file(files)).source == "letterboxd"


def test_line_ends_of_every_system(read: Import) -> None:
    for end in ("\n", "\r\n", "\r"):
        text = (HEADER + ROW).replace("\n", end)
        assert read(exports.csv_file("\ufeff" + text)).rows.get().title == "Alien"


def test_a_method_of_packing_that_python_lacks(read: Import) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("ratings.csv", HEADER + ROW)
    content = bytearray(packed.getvalue())
    place = content.index(b"PK\x01\x02") + 10
    content[place : place + 2] = (99).to_bytes(2, "little")
    assert "damaged" in refused(read, exports.named(bytes(content), "x.zip"))


def test_a_file_without_a_name(read: Import) -> None:
    content = exports.zip_file({"nameless": HEADER + ROW}).getvalue()
    file = exports.named(content.replace(b"nameless", b"\0ameless"), "x.zip")
    assert zipfile.ZipFile(file).namelist() == [""]
    assert "damaged" in refused(read, file)
