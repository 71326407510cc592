"""The link from the settings to a member's services."""

from __future__ import annotations

from django import template
from django.conf import settings

register = template.Library()


@register.inclusion_tag("movies/watching/_services_link.html")
def services_link() -> dict[str, bool]:
    """Nothing where no source of services is asked."""
    return {"has_services": bool(settings.TMDB_KEY)}
