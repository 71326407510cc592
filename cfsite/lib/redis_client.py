"""A Redis that is away makes nobody wait twice.

Each command to a Redis that does not answer costs a time-out, and a request of the API sends two.
After the first one, this process leaves Redis alone for a while and goes on without the cache.
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

PAUSE = 15.0  # seconds until a Redis that was away is asked again


class CircuitBreaker:
    """Whether Redis may be asked; one for each process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._not_before = float("-inf")

    def may_ask(self) -> bool:
        return time.monotonic() >= self._not_before

    def lose(self, problem: Exception) -> None:
        with self._lock:
            if self.may_ask():
                logger.warning("Redis is away (%s); going on without it for %s s", problem, PAUSE)
            self._not_before = time.monotonic() + PAUSE


patience = CircuitBreaker()


class CircuitBreakerRedis(Redis):
    """django-redis turns what is raised here into a cache that has nothing."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        if not patience.may_ask():
            raise RedisConnectionError("not asked: it was away a moment ago")
        try:
            return super().execute_command(*args, **options)
        except (RedisConnectionError, RedisTimeoutError) as error:
            patience.lose(error)
            raise
