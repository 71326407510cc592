"""Dockerfile, compose.yaml and the entry point of the image.

Where no image can be built, the entry point runs in a folder with nothing but what the image holds.
"""

import compileall
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from cfsite import environment
from tests.servers import free_port
from tests.site import eventually

ROOT = Path(__file__).parents[3]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = ("migrate", "web", "worker", "fits", "beat")
KNOWN_TO_COMPOSE = {
    *("image", "build", "command", "environment", "env_file", "volumes", "ports", "depends_on"),
    *("healthcheck", "restart", "read_only", "tmpfs", "cap_drop", "security_opt", "init"),
    *("profiles", "stop_grace_period", "shm_size", "cpu_shares"),
}


def test_compose_has_every_process() -> None:
    services = COMPOSE["services"]
    assert set(services) == {*OURS, "database", "redis", "caddy"}
    for name, service in services.items():
        assert service.keys() <= KNOWN_TO_COMPOSE, name
        assert set(service.get("depends_on", ())) <= set(services)
        mounted = {volume.split(":")[0] for volume in service.get("volumes", ())}
        assert all(name.startswith(".") or name in COMPOSE["volumes"] for name in mounted)
    assert services["caddy"]["profiles"] == ["caddy"]


@pytest.mark.parametrize("name", OURS)
def test_our_containers_are_locked_down(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["command"] == [name]
    assert service["environment"]["CFSITE_ENV"] == "${CFSITE_ENV:-production}"


def test_only_web_and_caddy_are_reached_from_outside() -> None:
    ports = {name: service.get("ports") for name, service in COMPOSE["services"].items()}
    assert {name for name, given in ports.items() if given} == {"web", "caddy"}
    assert ports["web"] == ["127.0.0.1:${PORT:-8000}:8000"]


def test_the_example_of_settings_is_valid() -> None:
    text = (ROOT / ".env.example").read_text().replace("\n#CFSITE", "\nCFSITE")
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE))
    found = environment.read({name: value.strip('"') for name, value in given.items()})
    assert found["CFSITE_SITE_URL"].geturl() == "https://films.example.org"
    assert given["POSTGRES_PASSWORD"] == ""


def test_the_image_runs_as_a_user_of_its_own() -> None:
    stages = (ROOT / "Dockerfile").read_text().split("\nFROM ")
    assert len(stages) == 3
    last = stages[-1]
    assert "\nUSER 10001:10001\n" in last
    assert "\nHEALTHCHECK " in last
    assert "--require-hashes --only-binary :all:" in stages[1]


def test_the_image_can_back_up_the_database_of_compose() -> None:
    server = COMPOSE["services"]["database"]["image"]
    version = re.search(r"postgres:(\d+)", server)[1]
    assert f"postgresql-client-{version}" in (ROOT / "Dockerfile").read_text()


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `COPY . .` copies."""
    ignored = (ROOT / ".dockerignore").read_text().split()
    here = tmp_path_factory.mktemp("image") / "cfsite"

    def left_out(folder: str, names: list[str]) -> set[str]:
        inside = [str((Path(folder) / name).relative_to(ROOT)) for name in names]
        patterns = [pattern.removeprefix("**/") for pattern in ignored if pattern.startswith("**/")]
        at_top = [pattern for pattern in ignored if not pattern.startswith("**/")]
        return {
            Path(path).name
            for path in inside
            if any(fnmatch(path, pattern) for pattern in at_top if "/" not in path)
            or any(fnmatch(Path(path).name, pattern) for pattern in patterns)
        }

    shutil.copytree(ROOT, here, ignore=left_out)
    for package in ("accounts", "cfsite", "movies", "recommender"):  # as the image does
        compileall.compile_dir(here / package, quiet=1)
    return here


def test_the_image_holds_the_site_and_nothing_else(image: Path) -> None:
    held = set(os.listdir(image))
    assert {"manage.py", "cfsite", "templates", "static", "locale", "bin"} <= held
    assert held.isdisjoint({".git", ".env", ".venv", "var", "tests", "docs", "benchmarks"})


@pytest.mark.slow
def test_migrate_and_web_run_with_nothing_but_the_image(image: Path, tmp_path: Path) -> None:
    """Takes what `migrate` takes."""
    port = free_port()
    surroundings = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": "/nonexistent",
        "PYTHONDONTWRITEBYTECODE": "1",
        "CFSITE_DATA_DIR": str(tmp_path / "data"),
        "CFSITE_STATIC_DIR": str(tmp_path),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WEB_WORKERS": "1",
    }
    before = set(image.rglob("*"))
    container = image / "bin" / "container"
    subprocess.run([container, "migrate"], env=surroundings, check=True)
    with subprocess.Popen([container, "web"], env=surroundings) as web:
        try:
            told = eventually(lambda: fetch(f"http://127.0.0.1:{port}/readyz"), 120, "readiness")
            assert '"migrations": "ok"' in told
        finally:
            web.terminate()
    assert web.returncode == 0
    assert set(image.rglob("*")) == before, "the root of a container may be read-only"


def fetch(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return ""


def test_an_unknown_role_is_refused() -> None:
    done: Any = subprocess.run(
        [ROOT / "bin" / "container", "cook"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "there is no cook" in done.stderr
