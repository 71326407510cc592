"""Counting of requests in each cache that a site may have."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache.backends.locmem import LocMemCache
from django_redis.cache import RedisCache

from cfsite.lib.api import throttling
from cfsite.lib.queue.redis_client import circuit_breaker
from cfsite.lib.sqlite_cache import SqliteCache
from tests.servers import free_port, redis

OPTIONS = {
    "IGNORE_EXCEPTIONS": True,
    "REDIS_CLIENT_CLASS": "cfsite.lib.queue.redis_client.CircuitBreakerRedis",
}


@pytest.fixture(params=["memory", "file", pytest.param("redis", marks=pytest.mark.redis)])
def cache(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    def use(cache: Any) -> Any:
        monkeypatch.setattr(throttling, "limits", cache)
        return cache

    if request.param == "redis":
        with redis() as url:
            yield use(RedisCache(url, {"OPTIONS": OPTIONS}))
    elif request.param == "file":
        yield use(SqliteCache(str(tmp_path / "limits.sqlite3"), {}))
    else:
        yield use(LocMemCache("throttling", {}))


def test_no_request_of_a_burst_is_missed(cache: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cfsite.lib.sqlite_cache.LOCK_TIMEOUT", 60)
    with ThreadPoolExecutor(8) as threads:
        counted = list(threads.map(lambda _: throttling._count("burst", 600), range(200)))
    assert sorted(counted) == list(range(1, 201))


def test_where_nothing_can_be_counted_nobody_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr(circuit_breaker, "_retry_at", float("-inf"))
    away = RedisCache(f"redis://127.0.0.1:{free_port()}/0", {"OPTIONS": OPTIONS})
    for cache in (away, SqliteCache(str(tmp_path / "file" / "limits.sqlite3"), {})):
        monkeypatch.setattr(throttling, "limits", cache)
        assert [throttling._count("away", 600) for _ in range(3)] == [0, 0, 0]


def test_reads_and_writes_have_rates_in_the_settings() -> None:
    scopes = {
        one.scope
        for one in (
            throttling.VisitorReads,
            throttling.VisitorWrites,
            throttling.MemberReads,
            throttling.MemberWrites,
        )
    }
    assert settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"].keys() == scopes
