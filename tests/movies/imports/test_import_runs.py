"""An import that runs shows how far it is, and one that ran what became of it."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from cfsite.lib.queue import worker_claims
from movies.imports import recorder
from movies.imports.ratings import RatingImport
from movies.imports.recorder import running_import
from movies.models import ImportRun, Rating
from movies.models.import_runs import (
    LOAD_PHASES,
    LOAD_PHASES_IF_STRICT,
    PHASES,
    PHASES_IF_STRICT,
    ImportRunQuerySet,
)
from movies.models.triggers import rating_counts
from tests.movies.imports.importing import in_batches_of
from tests.movies.imports.movielens_files import RATINGS_CSV, write_csv

ADMIN = "/admin/movies/importrun/"
HTMX = {"HX-Request": "true"}
BAD = RATINGS_CSV + "3,99,4.0,1100000000\n"


@pytest.fixture(autouse=True)
def _own_data_dir(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "var"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "ml-tiny")


@pytest.fixture
def running(db: None) -> ImportRun:
    return ImportRun.objects.create(
        data_set="ml-25m",
        phase="ratings",
        done=40,
        total=100,
        rows=12_345,
        rejected=3,
        started_at=timezone.now() - timedelta(minutes=11),
        worker=worker_claims.this_process(),
    )


def test_it_works(db: None, source: Path, staff_client: Client) -> None:
    call_command("import_movielens", str(source))
    run = ImportRun.objects.get()
    assert (run.state, run.data_set, run.rows, run.rejected) == ("done", "ml-tiny", 4, 0)
    assert run.done == run.total == len(RATINGS_CSV)
    assert run.report["ratings_new"] == 4
    assert run.finished_at
    page = staff_client.get(f"{ADMIN}{run.pk}/change/").content.decode()
    assert "4 ratings read" in page
    assert "ratings_new" in page
    assert "data-live" not in page
    assert running_import() is None


@pytest.mark.django_db(transaction=True)
def test_others_see_it_while_it_runs(
    staff_client: Client, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From another connection, as another process would."""
    rating_counts.install(connection)
    monkeypatch.setattr(recorder, "SECONDS_BETWEEN_WRITES", 0)
    in_batches_of(1, monkeypatch)
    seen: list[tuple[ImportRun, str]] = []
    write = RatingImport.write

    def look() -> tuple[ImportRun, str]:
        try:
            return running_import(), staff_client.get(ADMIN).content.decode()
        finally:
            connection.close()

    def written(self: RatingImport, batch: Any) -> float:
        with ThreadPoolExecutor(1) as elsewhere:
            seen.append(elsewhere.submit(look).result())
        return write(self, batch)

    monkeypatch.setattr(RatingImport, "write", written)
    call_command("import_movielens", str(source))
    assert len(seen) > 1
    last, page = seen[-1]
    assert last.phase == "ratings"
    assert 0 < last.rows < 4
    assert 0 < last.progress.share < 1
    assert f'data-live="import-{last.pk}"' in page
    assert ImportRun.objects.get().state == "done"


class TestShown:
    def test_to_those_who_run_the_site(self, staff_client: Client, running: ImportRun) -> None:
        for page in (
            staff_client.get("/").content.decode(),
            staff_client.get("/learning/", headers=HTMX).content.decode(),
        ):
            assert "ml-25m is being imported" in page
            assert '<progress max="100" value="49"' in page
            assert "About 12 minutes left" in page
            assert "12,345 ratings read so far." in page
            assert "3 lines could not be read." in page
            assert 'hx-trigger="every 2s"' in page

    def test_in_the_admin(self, staff_client: Client, running: ImportRun) -> None:
        for path in (ADMIN, f"{ADMIN}{running.pk}/change/"):
            page = staff_client.get(path).content.decode()
            assert f'data-live="import-{running.pk}"' in page
            assert "49 %" in page
            assert "3 lines rejected" in page
            assert "admin-extra/live.js" in page
        assert staff_client.get(f"{ADMIN}add/").status_code == 403

    def test_to_nobody_else(self, alices_client: Client, running: ImportRun) -> None:
        assert b"being imported" not in alices_client.get("/").content
        assert b"being imported" not in Client().get("/learning/", headers=HTMX).content
        assert alices_client.get(ADMIN).status_code == 302


class TestGone:
    @pytest.fixture
    def dead(self, running: ImportRun) -> ImportRun:
        process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        host = worker_claims.this_process().split()[0]
        running.worker = f"{host} {worker_claims._process(process.pid)}"
        running.save()
        process.communicate(b"\n")
        return running

    def test_a_killed_import_shows_no_progress(self, staff_client: Client, dead: ImportRun) -> None:
        assert running_import() is None
        assert b"being imported" not in staff_client.get("/").content
        page = staff_client.get(ADMIN).content.decode()
        assert "stopped unexpectedly" in page
        assert "data-live" not in page

    def test_the_next_import_says_so(self, dead: ImportRun, source: Path) -> None:
        call_command("import_movielens", str(source))
        dead.refresh_from_db()
        assert dead.state == "failed"
        assert "unexpectedly" in dead.reason
        assert ImportRun.objects.first().state == "done"

    def test_a_silent_one_is_given_up_and_comes_back(self, running: ImportRun) -> None:
        silent = timezone.now() - worker_claims.SILENCE - timedelta(seconds=1)
        ImportRun.objects.update(heartbeat_at=silent)
        recorder.fail_dead_runs()
        assert running_import() is None
        recorder.ImportRecorder(running)._write()
        assert running_import() == running, "what writes is alive"


class TestFailed:
    def test_lines_that_keep_all_out(self, db: None, source: Path) -> None:
        with pytest.raises(CommandError):
            call_command("import_movielens", str(write_csv(source, ratings=BAD)), "--strict")
        run = ImportRun.objects.get()
        assert (run.state, run.is_strict, run.rejected) == ("failed", True, 1)
        assert "nothing was written" in run.reason

    def test_lines_left_out_are_counted(self, db: None, source: Path) -> None:
        with pytest.raises(CommandError):
            call_command("import_movielens", str(write_csv(source, ratings=BAD)))
        run = ImportRun.objects.get()
        assert (run.state, run.rows, run.rejected) == ("done", 4, 1)

    @pytest.mark.parametrize(
        ("problem", "said"),
        [(ValueError("odd\0"), "ValueError: odd"), (KeyboardInterrupt(), "from the terminal")],
    )
    def test_what_stopped_it_is_told(
        self, db: None, source: Path, monkeypatch: pytest.MonkeyPatch, problem: Any, said: str
    ) -> None:
        def broken(*args: object) -> None:
            raise problem

        monkeypatch.setattr(RatingImport, "write", broken)
        with pytest.raises(type(problem)):
            call_command("import_movielens", str(source))
        run = ImportRun.objects.get()
        assert run.state == "failed"
        assert said in run.reason

    def test_nobody_sees_how_far_and_it_goes_on(
        self, db: None, source: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*args: object, **fields: object) -> None:
            raise DatabaseError("locked")

        monkeypatch.setattr(ImportRunQuerySet, "update", refuse)
        call_command("import_movielens", str(source))
        assert Rating.objects.count() == 4


@pytest.mark.parametrize("phases", [PHASES, PHASES_IF_STRICT, LOAD_PHASES, LOAD_PHASES_IF_STRICT])
def test_it_never_goes_back(running: ImportRun, phases: dict) -> None:
    running.is_strict = phases in (PHASES_IF_STRICT, LOAD_PHASES_IF_STRICT)
    shares = []
    for running.phase in phases:
        for running.done in (0, 40, 100):
            shares.append(running.progress.share)
    assert shares == sorted(shares)
    assert shares[0] >= 0
    assert shares[-1] < 1
    assert sum(weight for _, weight in phases.values()) == pytest.approx(1)
