"""Files of movie factors: written once, mapped by every process, never trusted blindly."""

import errno
import fcntl
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.db import connection

from movies.models import Movie
from recommender import model_files, store
from recommender.core import ItemFactors, UserVector, score_items
from recommender.merged_movies import Merges
from recommender.models import TrainingRun


class Site:
    """Opens the run as processes do, and counts how often the database was read."""

    def __init__(self, folder: Path, run: TrainingRun) -> None:
        self.folder, self.run, self.n_reads = folder, run, 0

    def open(self) -> ItemFactors:
        def read() -> ItemFactors:
            self.n_reads += 1
            return store.load_items(self.run).prepare()

        return model_files.load(self.folder, self.run, Merges(), read)

    @property
    def runs(self) -> list[Path]:
        return sorted(path for path in self.folder.iterdir() if path.is_dir())

    def file(self, name: str) -> Path:
        return self.runs[-1] / name


@pytest.fixture
def site(tmp_path: Path, fitted: TrainingRun) -> Site:
    return Site(tmp_path / "models", fitted)


def is_mapped(items: ItemFactors) -> bool:
    base = items.ranking
    while isinstance(getattr(base, "base", None), np.ndarray):
        base = base.base
    return isinstance(base, np.memmap)


def test_it_works(site: Site) -> None:
    read, first, second = store.load_items(site.run), site.open(), site.open()
    assert site.n_reads == 1
    for items in (first, second):
        assert is_mapped(items)
        assert type(items.ranking) is np.ndarray
        assert items.summary() == read.summary()
        for name, array in read.prepare().arrays().items():
            np.testing.assert_array_equal(items.arrays()[name], array, strict=True)
    user = UserVector.mean_of(read)
    assert score_items(first, user).tobytes() == score_items(read, user).tobytes()


def test_nothing_is_worked_out_by_a_process_that_maps_the_files(site: Site) -> None:
    site.open()
    items = site.open()
    before = set(vars(items))
    items.prepare()
    assert set(vars(items)) == before
    assert all(is_mapped_array(array) for array in items.arrays().values())


def is_mapped_array(array: np.ndarray) -> bool:
    while array.base is not None and not isinstance(array, np.memmap):
        array = array.base
    return isinstance(array, np.memmap)


def test_nobody_can_write_to_what_others_read(site: Site) -> None:
    with pytest.raises(ValueError, match="read-only"):
        site.open().ranking[0] = 0


def _flipped(site: Site) -> None:
    path = site.file("ranking.npy")
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)


def _short(site: Site) -> None:
    path = site.file("implicit.npy")
    path.write_bytes(path.read_bytes()[:-64])


def _missing(site: Site) -> None:
    site.file("variance.npy").unlink()


def _other_constants(site: Site) -> None:
    path = site.file("about.json")
    path.write_bytes(path.read_bytes().replace(b'"global_mean": ', b'"global_mean": 1'))


def _foreign(site: Site) -> None:
    site.file("about.json").write_text(json.dumps({"checksums": {}}))


def _empty(site: Site) -> None:
    for path in site.runs[-1].iterdir():
        path.write_bytes(b"")


@pytest.mark.parametrize("damage", [_flipped, _short, _missing, _other_constants, _foreign, _empty])
def test_damaged_files_are_written_again(
    site: Site, damage: Callable[[Site], None], caplog: pytest.LogCaptureFixture
) -> None:
    whole = site.open().ranking.tobytes()
    damage(site)
    with caplog.at_level(logging.WARNING, "recommender.model_files"):
        items = site.open()
    assert site.n_reads == 2
    assert items.ranking.tobytes() == whole
    assert is_mapped(items)
    assert "are written again" in caplog.text
    site.open()
    assert site.n_reads == 2


def test_files_are_compared_with_their_checksums_once_in_a_hosts_life(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    compared = []
    whole = model_files._checksum
    monkeypatch.setattr(
        model_files, "_checksum", lambda path, name: compared.append(name) or whole(path, name)
    )
    boot = tmp_path / "boot_id"
    boot.write_text("monday")
    monkeypatch.setattr(model_files, "_BOOT_ID", boot)
    site.open()
    written = len(compared)
    site.open()
    assert len(compared) == written
    boot.write_text("tuesday")
    site.open()
    assert len(compared) == 2 * written
    site.open()
    assert len(compared) == 2 * written
    assert site.n_reads == 1


def test_another_run_or_merge_of_the_same_number_has_files_of_its_own(site: Site) -> None:
    names = {model_files._name(site.run, Merges(3, {1: 2}))}
    names.add(model_files._name(site.run, Merges(3, {1: 4})))
    site.run.summary = {**site.run.summary, "global_mean": 1.0}
    names.add(model_files._name(site.run, Merges(3, {1: 2})))
    assert len(names) == 3


class TestCleaning:
    @pytest.fixture
    def others(self, site: Site) -> Path:
        """Files of a run that is gone, a half written draft, and what is not ours."""
        site.open()
        old = site.runs[0].rename(site.folder / f"1-99-0-{'a' * 16}")
        (site.folder / ".draft-killed").mkdir()
        (site.folder / "photos").mkdir()
        return old

    def test_it_works(self, site: Site, others: Path) -> None:
        site.open()
        names = {path.name for path in site.runs}
        assert "photos" in names
        assert len(names) == 2
        assert others.name not in names

    def test_files_in_use_stay(self, site: Site, others: Path) -> None:
        with (others / "about.json").open("rb") as used:
            fcntl.flock(used, fcntl.LOCK_SH)
            site.open()
            assert others.exists()
        site.run.summary = {**site.run.summary, "noise": 2.0}
        site.open()
        assert not others.exists()

    def test_a_process_uses_files_as_long_as_it_has_the_arrays(self, site: Site) -> None:
        items = site.open()
        path = site.runs[0]
        assert model_files._is_used(path)
        del items
        assert not model_files._is_used(path)


class TestWithoutFiles:
    """The arrays are in memory, as they are without a folder."""

    def opened(self, site: Site, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.WARNING, "recommender.model_files"):
            items = site.open()
        assert not is_mapped(items)
        assert items.n_items == 40
        assert site.n_reads == 1, "what was read is not read again"
        assert "not shared" in caplog.text

    def test_no_folder_can_be_made(self, site: Site, caplog: pytest.LogCaptureFixture) -> None:
        site.folder.write_text("a file")
        self.opened(site, caplog)

    def test_the_disk_is_full(
        self, site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_args: object, **_options: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(np, "save", full)
        self.opened(site, caplog)
        assert site.runs == [], "nothing half written stays"

    def test_another_process_keeps_the_lock(
        self, site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(model_files, "LONGEST_WAIT", 0.0)
        site.folder.mkdir()
        with (site.folder / "lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.opened(site, caplog)


@pytest.mark.django_db(transaction=True)
def test_processes_that_start_together_read_the_database_once(
    fitted: TrainingRun, two_tastes: list[Movie], tmp_path: Path
) -> None:
    script = f"""
import django, sys
django.setup()
from pathlib import Path
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {str(connection.settings_dict["NAME"])!r}
from recommender import store
from recommender.serving.model_cache import ModelCache
def load(run):
    print("read")
    return store.load_items(run)
print("ready", flush=True)
sys.stdin.readline()
print(ModelCache(load, Path({str(tmp_path)!r})).active_model().items.n_items)
"""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate()[0].split() for process in processes]
    assert sorted(word for answer in answers for word in answer) == ["40", "40", "40", "read"]
