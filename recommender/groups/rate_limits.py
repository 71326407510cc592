"""Rate limit for guests who join."""

from typing import Any

from django.http import HttpRequest
from rest_framework.throttling import SimpleRateThrottle


class GuestsPerAddress(SimpleRateThrottle):
    """Guests need no account, so their number is limited per IP address.

    The limit is far above what a household or an office needs.
    """

    rate = "30/hour"
    scope = "guests"

    def get_cache_key(self, request: HttpRequest, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}
