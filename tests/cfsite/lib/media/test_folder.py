"""Pictures in a folder."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from cfsite.lib.media.folder import Folder


class FullDisk(ContentFile):
    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"the first half"
        raise OSError(errno.ENOSPC, "No space left on device")


def test_it_works(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for content in (b"old", b"new"):
        assert folder.save("posters/1.webp", ContentFile(content)) == "posters/1.webp"
    assert [path.name for path in (tmp_path / "posters").iterdir()] == ["1.webp"]
    assert (tmp_path / "posters/1.webp").read_bytes() == b"new"


def test_a_full_disk_leaves_what_was_there_and_nothing_partial(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.save("posters/1.webp", ContentFile(b"old"))
    with pytest.raises(OSError, match="No space left"):
        folder.save("posters/1.webp", FullDisk(b""))
    assert [path.name for path in (tmp_path / "posters").iterdir()] == ["1.webp"]
    assert (tmp_path / "posters/1.webp").read_bytes() == b"old"
