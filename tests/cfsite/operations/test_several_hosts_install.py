"""The blocks of docs/install.md, "Several hosts", are run as they are printed.

In a temporary folder, on a PostgreSQL of the test, of which the replica's host makes a copy.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cfsite import environment
from tests import servers
from tests.cfsite.operations.test_debian_install import ROOT, Machine, _machine

KEY = "cN8sV2qYx0bT5rLk9WmZ3hDf7JgPa1UeXi6oBtQyRsKn4vCwzZ"
SECRETS = {
    "secret_key": KEY,
    "password": "p4ss",
    "redis_password": "r3dis",
    "s3_key": "AKIATEST",
    "s3_secret": "s3cret",
}


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    try:
        with servers.postgresql() as database:
            machine = _machine(tmp_path, database, "")
            machine.environment |= SECRETS
            for folder in ("etc/postgresql/15/main", "var/lib/postgresql/15/main", "etc/cfsite"):
                (tmp_path / folder).mkdir(parents=True)
            yield machine
    except servers.ServerMissing as missing:
        pytest.skip(str(missing))


def run(machine: Machine, begins: str) -> str:
    """The block with these words, with the folders and the server of the test."""
    page = (ROOT / "docs" / "install.md").read_text()
    section = page.split("## Several hosts")[1].split("\n## ")[0]
    (block,) = (
        block for block in re.findall(r"```sh\n(.*?)```", section, re.DOTALL) if begins in block
    )
    block = re.sub(r"(?<![\w./@])/(opt|etc|var)/", rf"{machine.here}/\1/", block)
    block = re.sub(r"(?<==)/(opt|etc|var)/", rf"{machine.here}/\1/", block)
    port = machine.environment["PGPORT"]
    block = block.replace("--host=10.0.0.31", f"--host=127.0.0.1 --port={port}")
    done = machine.run(block.replace("--group cfsite ", ""))
    assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
    return block


@pytest.mark.slow
@pytest.mark.redis
def test_the_blocks_make_a_replica(machine: Machine) -> None:
    machine.environment["replication_password"] = "unused: the test's server trusts all"
    run(machine, "CREATE ROLE replicator")
    assert "replicator" in (machine.here / "etc/postgresql/15/main/pg_hba.conf").read_text()
    run(machine, "pg_basebackup")
    data = machine.here / "var/lib/postgresql/15/main"
    assert (data / "standby.signal").exists()
    settings = (data / "postgresql.auto.conf").read_text()
    assert "primary_conninfo = 'user=replicator" in settings
    assert "hot_standby_feedback = on" in settings


def test_the_settings_are_valid(tmp_path: Path) -> None:
    machine = _machine(tmp_path, "postgres://nobody@127.0.0.1:1/postgres", "")
    machine.environment |= SECRETS
    (tmp_path / "etc/cfsite").mkdir(parents=True)
    run(machine, "CFSITE_SEVERAL_HOSTS=1")
    show = "import json, os; print(json.dumps(dict(os.environ)))"
    script = f'set -a; . {tmp_path}/etc/cfsite/env; exec {sys.executable} -c "{show}"'
    found = environment.read(json.loads(machine.run(script).stdout))
    assert found["CFSITE_SEVERAL_HOSTS"] is True
    assert found["CFSITE_REPLICA_URLS"][0]["HOST"] == "10.0.0.32"
    assert found["CFSITE_MEDIA_TO"] == "s3://film-club/media"


def test_the_unit_is_the_one_of_a_single_host_at_another_address(tmp_path: Path) -> None:
    machine = _machine(tmp_path, "postgres://nobody@127.0.0.1:1/postgres", "")
    run(machine, "address.conf")
    override = tmp_path / "etc/systemd/system/cfsite-web.service.d/address.conf"
    (command,) = re.findall(r"ExecStart=(.+)", override.read_text().replace(str(tmp_path), ""))
    unit = (ROOT / "deploy/systemd/cfsite-web.service").read_text()
    (usual,) = re.findall(r"ExecStart=(.+)", unit)
    assert command == usual.replace("127.0.0.1", "10.0.0.11").replace("workers 2", "workers 4")
