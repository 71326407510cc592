"""The cache that counts requests: shared by processes and threads, never in anybody's way."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cfsite.lib import sqlite_cache
from cfsite.lib.sqlite_cache import SqliteCache


@pytest.fixture
def cache(tmp_path: Path) -> SqliteCache:
    return SqliteCache(str(tmp_path / "folder" / "limits.sqlite3"), {})


def test_it_works(cache: SqliteCache) -> None:
    assert cache.get("a", []) == []
    cache.set("a", [2.5, 1.25], 60)
    assert cache.get("a", []) == [2.5, 1.25]
    cache.set("a", [3.0], 60)
    assert cache.get("a") == [3.0]
    assert cache.add("a", 1) is False
    assert cache.delete("a") is True
    assert cache.delete("a") is False
    assert cache.get("a") is None


def test_what_has_expired_is_gone_and_is_tidied_away(
    cache: SqliteCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(sqlite_cache.time, "time", lambda: now)
    for number in range(50):
        cache.set(f"key{number}", number, 60)
    now = 1061.0
    assert cache.get("key1") is None
    monkeypatch.setattr(sqlite_cache.random, "randrange", lambda n: 0)
    cache.set("other", 1, 60)
    assert cache._run("SELECT count(*) FROM entries", ()) == [(1,)]


def test_other_processes_see_it(cache: SqliteCache) -> None:
    script = f"""
from django.conf import settings
settings.configure()
from cfsite.lib.sqlite_cache import SqliteCache
SqliteCache({str(cache._path)!r}, {{}}).set("from-afar", 7)
"""
    subprocess.run([sys.executable, "-c", script], check=True)
    assert cache.get("from-afar") == 7


def test_many_threads_at_once(cache: SqliteCache) -> None:
    problems = []

    def write(thread: int) -> None:
        for number in range(50):
            cache.set(f"{thread}-{number}", number)
            if cache.get(f"{thread}-{number}") != number:
                problems.append((thread, number))
        cache._connection().close()
        cache._local.connection = None

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(problems) <= 2, "a write that waits too long is given up, no more"


@pytest.mark.parametrize("damage", [b"this is no database" * 100, None])
def test_a_damaged_file_or_no_folder_stops_nobody(tmp_path: Path, damage: bytes | None) -> None:
    path = tmp_path / "limits.sqlite3"
    if damage is None:
        path = tmp_path / "file" / "limits.sqlite3"
        (tmp_path / "file").write_text("not a folder")
    else:
        path.write_bytes(damage)
    cache = SqliteCache(str(path), {})
    cache.set("a", 1)
    assert cache.get("a", "nothing") == "nothing"


def test_a_count_is_exact_in_all_threads_and_processes(cache: SqliteCache) -> None:
    script = f"""
import sys, threading
from django.conf import settings
settings.configure()
from cfsite.lib import sqlite_cache
from cfsite.lib.sqlite_cache import SqliteCache
sqlite_cache.LOCK_TIMEOUT = 60
cache = SqliteCache({str(cache._path)!r}, {{}})
counted = []
def count():
    counted.extend(cache.incr("n") for _ in range(50))
threads = [threading.Thread(target=count) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(*counted)
"""
    assert cache.add("n", 0, 600)
    command = [sys.executable, "-c", script]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    counted = [int(n) for process in processes for n in process.communicate()[0].split()]
    assert sorted(counted) == list(range(1, 401))


def test_what_is_not_there_or_expired_cannot_be_counted(
    cache: SqliteCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError):
        cache.incr("n")
    now = 1000.0
    monkeypatch.setattr(sqlite_cache.time, "time", lambda: now)
    assert cache.add("n", 5, 60)
    assert cache.incr("n", 2) == 7
    now = 1061.0
    with pytest.raises(ValueError):
        cache.incr("n")
    assert cache.add("n", 1, 60)
    assert cache.get("n") == 1
