"""The blocks of docs/install.md, "On Debian", are run as they are printed.

In a temporary folder instead of /, on a PostgreSQL and a Redis of the test, with stand-ins for what
only root on a machine of its own may do: installing packages, making a user, starting services.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import servers

ROOT = Path(__file__).parents[3]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))

STAND_INS = {
    "apt-get": "exit 0",
    "adduser": "exit 0",
    "certbot": "exit 0",
    "systemctl": 'echo "$@" >>"$HERE/systemctl.log"',
    # sudo -u USER COMMAND ...
    "sudo": 'shift 2; exec "$@"',
    # Without .venv: its programs are links, through which this would write to the real ones.
    "git": 'mkdir -p "$3" && cd "$SOURCE" && tar -c --exclude="./.[a-z]*" --exclude=./var .'
    ' | tar -x -C "$3"',
    # python3 -m venv FOLDER: the packages of the tests, and a pip that finds all of them there.
    "python3": 'mkdir -p "$3/bin" && for program in python gunicorn celery; do'
    ' printf "#!/bin/sh\\nexec $VENV/$program \\"\\$@\\"\\n" >"$3/bin/$program"; done;'
    ' printf "#!/bin/sh\\n" >"$3/bin/pip"; chmod +x "$3"/bin/*',
}


@dataclass
class Machine:
    here: Path
    environment: dict[str, str]

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-eu", "-c", script],
            env=self.environment,
            cwd=self.here,
            capture_output=True,
            text=True,
            check=False,
        )


def blocks() -> list[str]:
    page = (ROOT / "docs" / "install.md").read_text()
    section = page.split("## On Debian")[1].split("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    try:
        with servers.postgresql() as database, servers.redis() as redis:
            yield _machine(tmp_path, database, redis)
    except servers.ServerMissing as missing:
        pytest.skip(str(missing))


def _machine(here: Path, database: str, redis: str) -> Machine:
    programs = here / "stand-ins"
    programs.mkdir()
    for name, script in STAND_INS.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)
    for folder in ("etc/systemd/system", "etc/nginx/sites-available", "etc/nginx/sites-enabled"):
        (here / folder).mkdir(parents=True)
    for folder in ("opt", "var/lib", "usr/local/bin"):
        (here / folder).mkdir(parents=True)
    user, address = re.fullmatch(r"postgres://(\w+)@(.*)/postgres", database).groups()
    host, port = address.split(":")
    path = f"{programs}:{here}/usr/local/bin:{os.environ['PATH']}"
    environment = {"PATH": path, "HERE": str(here), "SOURCE": str(ROOT)}
    environment |= {"VENV": str(Path(sys.executable).parent), "REDIS": redis, "DATABASE": address}
    environment |= {"PGHOST": host, "PGPORT": port, "PGUSER": user, "PGDATABASE": "postgres"}
    return Machine(here, environment)


def _for(machine: Machine, block: str) -> str:
    """With the folders, user and servers of the test."""
    here, environment = machine.here, machine.environment
    block = re.sub(r"(?<![\w./])/(opt|etc|var|usr)/", rf"{here}/\1/", block)
    block = block.replace("--owner cfsite ", "").replace("--group cfsite ", "")
    # The server's superuser has the name already.
    block = block.replace("ROLE cfsite", "ROLE club").replace("OWNER cfsite", "OWNER club")
    block = block.replace("postgres://cfsite:", "postgres://club:")
    block = block.replace("@localhost/cfsite", f"@{environment['DATABASE']}/cfsite")
    return block.replace("redis://localhost:6379/0", environment["REDIS"])


@pytest.mark.slow
@pytest.mark.redis
def test_the_blocks_install_a_site(machine: Machine) -> None:
    """Takes what `migrate` on PostgreSQL and `collectstatic` take."""
    found = blocks()
    assert len(found) >= 8
    wrapper = machine.here / "opt" / "cfsite" / "deploy" / "cfsite"
    for block in found:
        if wrapper.exists():
            wrapper.write_text(_for(machine, (ROOT / "deploy" / "cfsite").read_text()))
            shutil.copy(wrapper, machine.here / "usr/local/bin/cfsite")
        # Each block alone, as pasted; the password of one is in the environment of the next.
        done = machine.run(f"{_for(machine, block)}\nprintf '\\n%s' \"${{password:-}}\"")
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        if password := done.stdout.rpartition("\n")[2]:
            machine.environment["password"] = password

    findings = json.loads(machine.run("cfsite doctor --json").stdout)["findings"]
    assert "ok" in {one["status"] for one in findings if one["topic"] == "configuration"}
    wrong = {one["topic"]: one["message"] for one in findings if one["status"] == "error"}
    silent = {"worker": "never seen", "worker:fits": "never seen", "beat": "never seen"}
    # Services were not started, and there is no mail.example.org.
    assert {**wrong, "mail": ""} == {**silent, "mail": ""}

    started = (machine.here / "systemctl.log").read_text()
    assert "enable --now cfsite-web cfsite-worker cfsite-beat" in started
    assert {unit.name for unit in UNITS} == set(os.listdir(machine.here / "etc/systemd/system"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_takes_the_units(unit: Path, tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if not verify:
        pytest.skip("systemd is not installed")
    programs = Path(sys.executable).parent
    here = tmp_path / unit.name
    here.write_text(unit.read_text().replace("/opt/cfsite/.venv/bin", str(programs)))
    done = subprocess.run([verify, "verify", here], capture_output=True, text=True, check=False)
    told = [line for line in done.stderr.splitlines() if unit.stem in line]
    # No manual of ours lies in /opt here.
    assert [line for line in told if "man " not in line] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_units_are_hardened_and_restarted(unit: Path) -> None:
    lines = unit.read_text().splitlines()
    for line in ("User=cfsite", "NoNewPrivileges=yes", "ProtectSystem=strict", "Restart=always"):
        assert line in lines
    # The folder of CFSITE_DATA_DIR is the only one that they may write to.
    assert "StateDirectory=cfsite" in lines
    assert not any(line.startswith("ReadWritePaths") for line in lines)


def test_nginx_takes_its_file(tmp_path: Path) -> None:
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    openssl = shutil.which("openssl")
    if not nginx or not openssl:
        pytest.skip("nginx or openssl is not installed")
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-subj", "/CN=films.example.org", "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True)
    site = (ROOT / "deploy" / "nginx.conf").read_text()
    site = site.replace("/etc/letsencrypt/live/films.example.org", str(tmp_path))
    # The test of a configuration binds its ports.
    site = re.sub(r" *listen \[::\].*\n", "", site)
    site = re.sub(r"listen \d+", lambda _: f"listen 127.0.0.1:{servers.free_port()}", site)
    (tmp_path / "site.conf").write_text(site)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr;\nevents {{}}\n"
        f"http {{ access_log off; include {tmp_path}/site.conf; }}\n"
    )
    done = subprocess.run(
        [nginx, "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
