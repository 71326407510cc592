"""The circuit breaker of the Redis client."""

import pytest
import redis

from cfsite.lib.queue import redis_client


class HungRedis:
    """Counts the commands and fails like the client of a stopped server."""

    def __init__(self) -> None:
        self.n_commands = 0

    def __call__(self, *args: object, **options: object) -> None:
        self.n_commands += 1
        raise redis.TimeoutError("Timeout reading from socket")


def test_redis_is_retried_after_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    hung, now = HungRedis(), 100.0
    monkeypatch.setattr(redis.Redis, "execute_command", hung)
    monkeypatch.setattr(redis_client.time, "monotonic", lambda: now)
    monkeypatch.setattr(redis_client, "circuit_breaker", redis_client.CircuitBreaker())
    client = redis_client.CircuitBreakerRedis()
    for second in range(40):
        now = 100.0 + second
        with pytest.raises((redis.ConnectionError, redis.TimeoutError)):
            client.get("x")
    assert hung.n_commands == 3, "at 0, 15 and 30 seconds"
