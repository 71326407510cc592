"""The lock files hold everything that gets installed, as pyproject.toml asks for it."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]

SITE = PROJECT["project"]["dependencies"]
TUNING = SITE + PROJECT["project"]["optional-dependencies"]["tuning"]
S3 = SITE + PROJECT["project"]["optional-dependencies"]["s3"]
DASK = SITE + PROJECT["project"]["optional-dependencies"]["dask"]
DEV = TUNING + S3 + DASK + GROUPS["dev"]
# From small to large: each holds the one before.
LOCKS = {
    "requirements": SITE,
    "requirements-tuning": TUNING,
    "requirements-s3": S3,
    "requirements-dask": DASK,
    "requirements-dev": DEV,
}

Lock = dict[str, str]  # name: version


def entries_of(lock: str) -> list[str]:
    """One text for each package: its name, version and marker, then its hashes."""
    text = (ROOT / f"{lock}.txt").read_text().replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def read_lock(lock: str) -> Lock:
    found = {}
    for entry in entries_of(lock):
        name, version = re.match(r"([\w.-]+)==(\S+) ", entry).groups()
        assert name not in found, f"{name} twice"
        found[canonicalize_name(name)] = version
    return found


def needed_by(direct: list[str]) -> Iterator[Requirement]:
    """These, and what they need in turn on this machine, as the installed packages say."""
    waiting, seen = [Requirement(text) for text in direct], set()
    while waiting:
        requirement = waiting.pop()
        yield requirement
        for extra in ("", *requirement.extras):
            key = canonicalize_name(requirement.name), extra
            if key in seen:
                continue
            seen.add(key)
            for text in requires(requirement.name) or []:
                found = Requirement(text)
                if found.marker is None or found.marker.evaluate({"extra": extra}):
                    waiting.append(found)


def unmet(direct: list[str], lock: Lock) -> list[str]:
    """What is needed and not locked, or locked at a version that does not serve."""
    found = []
    for requirement in needed_by(direct):
        version = lock.get(canonicalize_name(requirement.name))
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            found.append(str(requirement))
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_all_that_is_needed_is_locked(lock: str) -> None:
    assert unmet(LOCKS[lock], read_lock(lock)) == [], "bin/lock writes it"


def test_what_is_missing_or_too_old_would_be_seen() -> None:
    """The control: one that others need is away, and a direct one is another version."""
    lock = read_lock("requirements")
    del lock["kombu"]
    assert any(text.startswith("kombu") for text in unmet(SITE, lock))
    lock = {**read_lock("requirements"), "django": "4.2"}
    assert any(text.startswith("Django~=") for text in unmet(SITE, lock))


@pytest.mark.parametrize("lock", [*LOCKS, "requirements-uv"])
def test_each_package_has_hashes(lock: str) -> None:
    entries = entries_of(lock)
    assert entries
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        ("requirements", "requirements-tuning"),
        ("requirements", "requirements-s3"),
        ("requirements", "requirements-dask"),
        ("requirements-tuning", "requirements-dev"),
        ("requirements-s3", "requirements-dev"),
        ("requirements-dask", "requirements-dev"),
    ],
)
def test_the_lock_files_agree(smaller: str, larger: str) -> None:
    assert read_lock(smaller).items() <= read_lock(larger).items()


def test_the_site_is_installed_without_what_only_tuning_and_tests_need() -> None:
    site = read_lock("requirements")
    assert {"optuna", "pytest", "ruff", "playwright"}.isdisjoint(site)
    assert "optuna" in read_lock("requirements-tuning")


def test_the_installer_is_one_package() -> None:
    assert list(read_lock("requirements-uv")) == GROUPS["installer"]
