"""Every route of the site's pages, with the arguments that lead to one member's things."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

# Doors with tests of their own (the API's matrix, allauth's, the admin's), and files.
OTHER_DOORS = ("api/", "admin/", "_allauth/", "accounts/", "static/", "media/", "metrics")


@dataclass(frozen=True)
class Route:
    name: str
    arguments: tuple[str, ...]

    def url(self, values: dict[str, Any]) -> str:
        """The address, where `values` knows each argument by `name.argument` or `argument`."""
        found = {
            argument: values.get(f"{self.name}.{argument}", values.get(argument))
            for argument in self.arguments
        }
        missing = [argument for argument, value in found.items() if value is None]
        assert not missing, f"tests/attacks/world.py knows no {missing} for the route {self.name}"
        return reverse(self.name, kwargs=found)


def html_routes() -> list[Route]:
    return sorted(set(_walk(get_resolver().url_patterns, "", ())), key=lambda route: route.name)


def _walk(patterns: list, prefix: str, arguments: tuple[str, ...]) -> Iterator[Route]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if str(pattern.pattern).startswith(OTHER_DOORS):
                continue
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            more = (*arguments, *pattern.pattern.converters)
            yield from _walk(pattern.url_patterns, space, more)
        elif isinstance(pattern, URLPattern) and pattern.name:
            if str(pattern.pattern).startswith(OTHER_DOORS):
                continue
            yield Route(prefix + pattern.name, (*arguments, *pattern.pattern.converters))
