"""Media in a folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class Folder(FileSystemStorage):
    """Files that appear whole, and take the place of one of the same name."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: File[Any]) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(content.chunks())
            os.chmod(draft, 0o644)
            os.replace(draft, path)
        except BaseException:  # of a full disk, for one: backups would take the draft along
            os.unlink(draft)
            raise
        return name
