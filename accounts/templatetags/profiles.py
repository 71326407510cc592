"""Names of users as others see them."""

from typing import Any

from django import template
from django.template.loader import render_to_string

from accounts.models import User, name_of, profile_of

register = template.Library()


@register.filter
def public_name(user: User) -> str:
    return name_of(user)


@register.simple_tag(takes_context=True)
def profile_link(context: dict[str, Any], user: User) -> str:
    """The user's name, with a link for readers who may see the profile.

    Not an inclusion tag: those cannot store their output for a translated sentence.
    """
    profile = profile_of(user)
    is_linked = (
        profile.pk and profile.has_address and profile.is_visible_to(context["request"].user)
    )
    url = profile.get_absolute_url() if is_linked else ""
    return render_to_string("accounts/_profile_link.html", {"name": profile.name, "url": url})
