"""Limits of the API, counted where it costs least.

REST framework counts in the default cache. Without Redis that is a table of the database: six
queries, one of them a write, for each answer that itself takes four. So the limits have a cache
of their own (`CACHES["limits"]`), which all processes of the machine share.
"""

from django.core.cache import caches
from django.utils.connection import ConnectionProxy
from rest_framework import throttling

limits = ConnectionProxy(caches, "limits")


class AnonymousThrottle(throttling.AnonRateThrottle):
    cache = limits


class MemberThrottle(throttling.UserRateThrottle):
    cache = limits
