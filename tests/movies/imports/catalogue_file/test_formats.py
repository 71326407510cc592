"""What the admin exports, "Import movies" reads back, in each of three formats."""

import io
import json
import zipfile
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from movies.imports.catalogue_file import tables
from movies.imports.catalogue_file.changes import plan_changes, write_changes
from movies.imports.catalogue_file.reader import read_catalogue_file
from movies.imports.dataset import SourceError
from movies.models import Movie

FORMULA = '=HYPERLINK("http://evil.example")'


@pytest.fixture
def exported(staff_client: Client, make_movie: Callable[..., Movie]) -> Callable[[str], bytes]:
    # With a description, or the built-in one would come to the movie when it is written again.
    facts = {"imdb_id": "tt0069293", "countries": "SU", "runtime": 167, "description": "A planet."}
    make_movie("Solyaris", 1972, "Drama|Sci-Fi", **facts)
    make_movie(FORMULA, None, movielens_id=7, description="-1+1")

    def export(extension: str) -> bytes:
        number = ["csv", "json", "xlsx"].index(extension)
        body = {"format": str(number), "resource": ""}
        answer = staff_client.post("/admin/movies/movie/export/", body)
        assert f".{extension}" in answer["Content-Disposition"]
        return answer.content

    return export


@pytest.mark.parametrize("extension", ["csv", "json", "xlsx"])
def test_it_works(exported: Callable[[str], bytes], extension: str) -> None:
    content = exported(extension)
    before = _all()
    plan = plan_changes(read_catalogue_file(f"movies.{extension}", content), overwrite=True)
    assert (plan.file.rejects, plan.changes_nothing, plan.n_unchanged) == ([], True, 2)
    Movie.objects.all().delete()
    write_changes(plan_changes(read_catalogue_file(f"movies.{extension}", content)))
    assert _all() == before


def _all() -> list[tuple]:
    fields = ("title", "year", "runtime", "countries", "description", "imdb_id", "movielens_id")
    rows = Movie.objects.with_genres().order_by("title")
    return [(*(getattr(one, name) for name in fields), one.genre_names) for one in rows]


def test_no_cell_is_a_formula(exported: Callable[[str], bytes]) -> None:
    assert f"'{FORMULA[:10]}" in exported("csv").decode()
    sheet = load_workbook(io.BytesIO(exported("xlsx"))).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert f"'{FORMULA}" in [cell.value for cell in cells]
    assert all(cell.data_type != "f" for cell in cells)


def test_the_export_is_of_what_the_list_shows(
    staff_client: Client, make_movie: Callable[..., Movie]
) -> None:
    make_movie("Alien", 1979)
    make_movie("Brazil", 1985)
    address = "/admin/movies/movie/export/?q=brazil"
    answer = staff_client.post(address, {"format": "0", "resource": ""})
    assert b"Brazil" in answer.content
    assert b"Alien" not in answer.content


def test_an_excel_file_is_previewed_and_written(staff_client: Client) -> None:
    book, file = Workbook(), io.BytesIO()
    book.active.append(["Title", "Year", "Genres"])
    book.active.append(["Stalker", 1979, "Drama"])
    book.save(file)
    upload = SimpleUploadedFile("movies.xlsx", file.getvalue())
    page = staff_client.post("/admin/movies/movie/upload/", {"file": upload})
    assert "1 new" in page.content.decode()
    assert not Movie.objects.exists()
    body = page.context["confirm_form"].initial
    staff_client.post("/admin/movies/movie/upload/write/", body)
    assert str(Movie.objects.get()) == "Stalker (1979)"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"{"),
        ("a.json", b"[1]"),
        ("a.json", b"[]"),
        ("a.json", b'{"title": "x"}'),
        ("a.json", b"[" * 100_000),
        ("a.json", b'[{"year": 1979}]'),
        ("a.json", b'[{"title": ' + b"[" * 900 + b"]" * 900 + b"}]"),
        ("a.json", b'[{"title": {"en": "Alien"}}]'),
        ("a.json", b'[{"title": "\\ud800"}]'),
        ("a.json", b'[{"title": "Alien", "\\ud800": 1}]'),
        ("a.csv", b"title" + b"," * 1_000_000),
        ("a.csv", b"title\nAlien" + b"," * 1_000_000),
        ("a.csv", b"title\n" + b"x" * 1_000_000),
        ("a.csv", b'title\n"' + b"x\n" * 500_000),
        ("a.xlsx", b"PK\x03\x04 no"),
        ("a.xlsx", b""),
        ("a.xlsx", b"title\nAlien"),
    ],
)
def test_what_is_no_table_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(SourceError):
        read_catalogue_file(name, content)


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_UNPACKED_BYTES", 1024**2)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(1024**2 + 1))
    with pytest.raises(SourceError, match="unpacked"):
        read_catalogue_file("bomb.xlsx", file.getvalue())


SHEET = "xl/worksheets/sheet1.xml"
XML = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(**parts: str) -> bytes:
    """An Excel file with a title column, some of whose parts are others: `styles`, `sheet`."""
    book, made, changed = Workbook(), io.BytesIO(), io.BytesIO()
    book.active.append(["title"])
    book.save(made)
    named = {SHEET if name == "sheet" else f"xl/{name}.xml": text for name, text in parts.items()}
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *named}:
            new.writestr(name, named[name] if name in named else old.read(name))
    return changed.getvalue()


def rows(*numbers: int) -> str:
    cells = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in numbers)
    return f"<worksheet {XML}><sheetData>{cells}</sheetData></worksheet>"


def test_a_small_file_of_a_billion_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "EXCELS_ROWS", 1_000)
    content = workbook(sheet=rows(1, 999_999_999))
    assert len(content) < 10_000
    with pytest.raises(SourceError, match="more rows than Excel"):
        list(tables.rows_of("a.xlsx", content))


def test_a_workbook_of_a_million_styles_is_refused() -> None:
    fonts = f"<styleSheet {XML}><fonts>{'<font/>' * 1_000_000}</fonts></styleSheet>"
    with pytest.raises(SourceError, match="unpacked"):
        list(tables.rows_of("a.xlsx", workbook(styles=fonts)))


def test_entities_of_a_workbook_do_not_grow() -> None:
    entities = '<!ENTITY a "aaaaaaaaaa">'
    for before, name in zip("abcdefg", "bcdefgh", strict=True):
        entities += f'<!ENTITY {name} "{f"&{before};" * 100}">'
    sheet = rows(1).replace("<v>1</v>", "<v>&h;</v>")
    with pytest.raises(SourceError):
        list(tables.rows_of("a.xlsx", workbook(sheet=f"<!DOCTYPE x [{entities}]>{sheet}")))


def test_rejected_rows_are_named(db: None) -> None:
    rows = [{"title": "Alien"}, {"title": "", "year": 1980}, {"title": "B", "year": "x"}]
    found = read_catalogue_file("a.json", json.dumps(rows).encode())
    assert [reject.line for reject in found.rejects] == [3, 4]
