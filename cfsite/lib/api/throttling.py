"""Rate limits of the API: so many reads and so many writes a minute, for each member and address.

REST framework reads a list of times, appends and writes it back, so a burst over several threads
slips through. Here each request increments one counter, which caches do atomically.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from django.core.cache import caches
from django.utils.connection import ConnectionProxy
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

limits = ConnectionProxy(caches, "limits")


class WindowThrottle(SimpleRateThrottle):
    """Counts requests in windows of fixed length, and tells the client where it stands.

    The headers are those of the IETF's draft up to version 7, which clients and proxies know.
    """

    cache = limits

    def allow_request(self, request: Request, view: Any) -> bool:
        key = self.get_cache_key(request, view)
        if self.rate is None or key is None:
            return True
        window, elapsed = divmod(self.timer(), self.duration)
        self.seconds_left = self.duration - elapsed
        n = _count(f"{key}_{int(window)}", self.duration)
        view.headers |= {
            "RateLimit-Limit": str(self.num_requests),
            "RateLimit-Remaining": str(max(0, self.num_requests - n)),
            "RateLimit-Reset": str(int(self.seconds_left) + 1),
        }
        return n <= self.num_requests

    def wait(self) -> float:
        return self.seconds_left


def _count(key: str, seconds: int) -> int:
    """How often it has been called with this key; 0 if the cache is away and nothing counts."""
    try:
        return limits.incr(key) or 0
    except ValueError:  # the first one of the window
        pass
    if limits.add(key, 1, seconds):
        return 1
    try:
        return limits.incr(key) or 0
    except ValueError:
        return 0


class _Visitors(WindowThrottle):
    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if request.user.is_authenticated or _is_read(request) != self.is_read:
            return None
        return self.cache_format % {"scope": self.scope, "ident": network(self.get_ident(request))}


class _Members(WindowThrottle):
    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if not request.user.is_authenticated or _is_read(request) != self.is_read:
            return None
        return self.key_of(request.user.pk)

    @classmethod
    def key_of(cls, user_id: int) -> str:
        return cls.cache_format % {"scope": cls.scope, "ident": user_id}

    @classmethod
    def forget(cls, user_id: int) -> None:
        throttle = cls()
        if throttle.duration:
            window = int(throttle.timer() // throttle.duration)
            for one in (window - 1, window):
                limits.delete(f"{cls.key_of(user_id)}_{one}")


class VisitorReads(_Visitors):
    scope, is_read = "visitor_reads", True


class VisitorWrites(_Visitors):
    scope, is_read = "visitor_writes", False


class MemberReads(_Members):
    scope, is_read = "member_reads", True


class MemberWrites(_Members):
    scope, is_read = "member_writes", False


def forget_member(user_id: int) -> None:
    """Delete the counts that are kept under the member's id."""
    MemberReads.forget(user_id)
    MemberWrites.forget(user_id)


def network(address: str) -> str:
    """The address, or the /64 of an IPv6 address: one household has all of them."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed.packed[:8] + bytes(8), 64)))


def _is_read(request: Request) -> bool:
    return request.method in SAFE_METHODS
