"""Where uploaded pictures are: a folder of this host, or a bucket that several hosts share."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.files.storage import Storage

# Below this are pictures that can be drawn again. They are in no backup.
DRAWN = "drawn"


def names(storage: Storage, folder: str = "") -> Iterator[str]:
    """Of all files below a folder, in order, without those that can be drawn again."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    path = f"{folder}/" if folder else ""
    yield from sorted(f"{path}{name}" for name in files)
    for name in sorted(folders):
        if path or name != DRAWN:
            yield from names(storage, f"{path}{name}")
