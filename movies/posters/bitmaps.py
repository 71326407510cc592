"""SVG as pictures for programs that do not read it: drawn once, kept on disk.

Hosts that share a bucket keep them there as well, so that one of them draws for all.

Whoever asks makes the site draw, so each kind of picture has limits: so many a minute, so many on
disk, and one at a time in a process.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore

from django.conf import settings
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from cfsite.lib import media
from movies.posters.drawn.font_metrics import FILES, FONTS

logger = logging.getLogger(__name__)

_FAMILIES = {
    "display": "Anton, Sofia Sans Extra Condensed",
    "serif": "Abril Fatface",
    "round": "Lilita One",
}
_STYLES = "".join(f".poster-{voice}{{font-family:{f}}}" for voice, f in _FAMILIES.items())
# Seconds to wait for the picture that is being drawn.
_PATIENCE = 5.0


@dataclass(frozen=True)
class Drawing:
    """The limits of one kind of picture, and where it is kept."""

    name: str
    folder: str  # below the data directory
    suffix: str
    drawn_a_minute: int
    most_kept: int  # the oldest are deleted first
    _one_at_a_time: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(1))

    def path_of(self, key: str) -> Path:
        return Path(settings.DATA_DIR) / self.folder / f"{key}{self.suffix}"

    def read_or_draw(self, key: str, draw: Callable[[], bytes]) -> bytes | None:
        """From disk if it was drawn before; None if too many are asked for at once."""
        path = self.path_of(key)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            pass
        if picture := self._of_another_host(key):
            self._keep(path, picture)
            return picture
        if not self._may_draw() or not self._one_at_a_time.acquire(timeout=_PATIENCE):
            return None
        try:
            picture = draw()
        finally:
            self._one_at_a_time.release()
        self._keep(path, picture)
        self._share(key, picture)
        return picture

    def _keep(self, path: Path, picture: bytes) -> None:
        write(path, picture)
        self._delete_oldest()

    def _of_another_host(self, key: str) -> bytes | None:
        if not settings.MEDIA_TO:
            return None
        try:
            with default_storage.open(self._shared_name(key)) as file:
                return bytes(file.read())
        except FileNotFoundError:
            return None
        except OSError as error:
            logger.warning("Drawn without a look into the bucket: %s", error)
            return None

    def _share(self, key: str, picture: bytes) -> None:
        if not settings.MEDIA_TO:
            return
        try:
            default_storage.save(self._shared_name(key), ContentFile(picture))
        except OSError as error:
            logger.warning("A drawn picture could not be put into the bucket: %s", error)

    def _shared_name(self, key: str) -> str:
        return f"{media.DRAWN}/{self.folder}/{key}{self.suffix}"

    def _may_draw(self) -> bool:
        limits = caches["limits"]
        if limits.add(self.name, 1, 60):
            return True
        try:
            return limits.incr(self.name) <= self.drawn_a_minute
        except ValueError:  # expired between the two
            return True

    def _delete_oldest(self) -> None:
        kept = list(self.path_of("").parent.glob(f"*{self.suffix}"))
        if len(kept) > self.most_kept:
            kept.sort(key=_written_at)
            for path in kept[: len(kept) - self.most_kept]:
                path.unlink(missing_ok=True)


def rasterize(svg: str) -> bytes:
    """The SVG as PNG, in the fonts of the site."""
    import resvg_py  # 3 MB that nothing else needs

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg, style_sheet=_STYLES, font_files=_faces(), font_family="Anton"
        )
    )


def write(path: Path, content: bytes) -> None:
    """Write atomically: two processes may draw the same picture at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.replace(name, path)


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # deleted by another process
        return 0.0


def _faces() -> Sequence[str]:
    """The site's fonts as TTF files: the renderer does not read WOFF2."""
    folder = Path(settings.DATA_DIR) / "faces"
    files = [file for faces in FILES.values() for file, _size in faces]
    return [str(_unpacked(FONTS / file, folder)) for file in files]


def _unpacked(font: Path, folder: Path) -> Path:
    unpacked = folder / f"{font.stem}-{font.stat().st_size}.ttf"
    if not unpacked.exists():
        from io import BytesIO

        from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

        face, content = TTFont(font), BytesIO()
        face.flavor = None
        face.save(content)
        write(unpacked, content.getvalue())
    return unpacked
