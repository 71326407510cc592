"""Rate limits of the API."""

from django.core.cache import caches
from django.utils.connection import ConnectionProxy
from rest_framework import throttling

limits = ConnectionProxy(caches, "limits")


class AnonymousThrottle(throttling.AnonRateThrottle):
    cache = limits


class MemberThrottle(throttling.UserRateThrottle):
    cache = limits
