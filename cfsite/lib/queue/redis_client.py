"""A Redis client with a circuit breaker.

Each command to a Redis that does not answer costs a timeout, and an API request sends two. After
the first timeout, this process stops asking Redis for a while and works without the cache.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

logger = logging.getLogger(__name__)

RETRY_AFTER = 15.0  # seconds


class CircuitBreaker:
    """Tells whether Redis may be asked; one per process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._retry_at = float("-inf")

    def allows_requests(self) -> bool:
        return time.monotonic() >= self._retry_at

    def record_failure(self, error: Exception) -> None:
        with self._lock:
            if self.allows_requests():
                logger.warning("Redis is away (%s); retrying in %s s", error, RETRY_AFTER)
            self._retry_at = time.monotonic() + RETRY_AFTER


circuit_breaker = CircuitBreaker()


class CircuitBreakerRedis(Redis):
    """Fails at once while the circuit breaker is open; django-redis treats that as a cache miss."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        if not circuit_breaker.allows_requests():
            raise RedisConnectionError("Redis was away a moment ago")
        try:
            return super().execute_command(*args, **options)
        except (RedisConnectionError, RedisTimeoutError) as error:
            circuit_breaker.record_failure(error)
            raise
