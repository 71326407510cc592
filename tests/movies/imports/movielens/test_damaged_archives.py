"""Zips that are damaged or mean harm: refused before anything is written."""

import random
import struct
import zipfile
from pathlib import Path

import pytest

from movies.imports import archives
from movies.imports.dataset import SourceError
from movies.imports.movielens.reader import open_dataset
from tests.movies.imports.movielens_files import RATINGS_CSV, write_csv, zipped


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return zipped(write_csv(tmp_path / "ml-tiny"), tmp_path / "good.zip", "ml-tiny")


def with_member(path: Path, name: str, data: bytes = b"x") -> Path:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return path


def test_it_works(good: Path) -> None:
    assert open_dataset(good).name == "ml-tiny"


@pytest.mark.parametrize(
    "name", ["../evil.csv", "a/../../evil.csv", "/etc/evil.csv", "..\\evil.csv", "C:\\evil.csv"]
)
def test_a_name_that_points_outside(good: Path, name: str) -> None:
    with pytest.raises(SourceError, match="outside"):
        open_dataset(with_member(good, name))


def test_too_many_files(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 2)
    with pytest.raises(SourceError, match="at most"):
        open_dataset(good)


def test_a_bomb_by_ratio(tmp_path: Path) -> None:
    folder = write_csv(tmp_path / "bomb", ratings=RATINGS_CSV.encode() + b"\n" * 20_000_000)
    with pytest.raises(SourceError, match="times its size"):
        open_dataset(zipped(folder, tmp_path / "bomb.zip"))


def test_a_bomb_by_size(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBER_BYTES", 50)
    with pytest.raises(SourceError, match="bytes"):
        open_dataset(good)


def test_files_we_do_not_read_may_be_anything(good: Path) -> None:
    assert open_dataset(with_member(good, "ml-tiny/tags.csv", b"\0" * 30_000_000))


def test_the_mac_s_own_files_are_passed_over(good: Path) -> None:
    with_member(good, "__MACOSX/ml-tiny/ratings.csv")
    assert open_dataset(with_member(good, "__MACOSX/ml-tiny/movies.csv")).name == "ml-tiny"


def test_a_size_that_lies(good: Path) -> None:
    data = bytearray(good.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = -1
        while (place := data.find(signature, place + 1)) >= 0:
            struct.pack_into("<I", data, place + offset, 10)
    good.write_bytes(data)
    with pytest.raises(SourceError):
        open_dataset(good)


def test_an_encrypted_zip(good: Path) -> None:
    data = bytearray(good.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = -1
        while (place := data.find(signature, place + 1)) >= 0:
            data[place + offset] |= 1
    good.write_bytes(data)
    with pytest.raises(SourceError, match="encrypted"):
        open_dataset(good)


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip", b"\0" * 1000])
def test_no_zip_at_all(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(SourceError):
        open_dataset(path)


def test_any_damage_is_a_source_error_or_harmless(good: Path) -> None:
    """Every byte of the zip counts; what opens nonetheless has the right contents."""
    whole, draw = good.read_bytes(), random.Random(7)
    opened = 0
    for _ in range(300):
        damaged = bytearray(whole)
        damaged[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
        good.write_bytes(damaged[: draw.choice([len(whole), draw.randrange(len(whole))])])
        try:
            open_dataset(good)
            opened += 1
        except SourceError:
            pass
    assert opened < 150
