"""How much may come from one address."""

from typing import Any

from django.http import HttpRequest
from rest_framework.throttling import SimpleRateThrottle


class GuestsPerAddress(SimpleRateThrottle):
    """Guests need no account, so their number is bounded by where they come from.

    A household or an office that shares an address stays well below.
    """

    rate = "30/hour"
    scope = "guests"

    def get_cache_key(self, request: HttpRequest, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}
