"""The data folder and the secret key in it."""

import errno
import os
from pathlib import Path

import pytest

from cfsite import data_folder
from cfsite.environment import InvalidEnvironment


def test_it_works(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    data_folder.make(folder)
    key = data_folder.secret_key(folder)
    assert len(key) > 50
    assert data_folder.secret_key(folder) == key
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600
    assert os.listdir(folder) == ["secret_key"]


def test_of_two_processes_that_start_together_both_have_one_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def second(source: str, target: Path) -> None:
        target.write_text("k" * 60)
        link(source, target)

    monkeypatch.setattr(os, "link", second)
    assert data_folder.secret_key(tmp_path) == "k" * 60


@pytest.mark.parametrize("content", ["", "\n", "short"])
def test_a_short_key_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "secret_key").write_text(content)
    with pytest.raises(InvalidEnvironment, match=r"cfsite\.E003.*delete the file"):
        data_folder.secret_key(tmp_path)


def test_a_full_disk_leaves_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InvalidEnvironment, match="No space left on device"):
        data_folder.secret_key(tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidEnvironment, match=r"CFSITE_DATA_DIR.*cannot be made: Not a dir"):
        data_folder.make(tmp_path / "file" / "data")


def test_a_folder_of_another_user_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(InvalidEnvironment, match="cannot be written to"):
        data_folder.make(tmp_path)
