"""Names of users as others see them."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User, name_of, profile_of

register = template.Library()


@register.filter
def public_name(user: User) -> str:
    return name_of(user)


@register.simple_tag(takes_context=True)
def profile_link(context: dict[str, Any], user: User) -> SafeString:
    """The person's name; a link to the profile for who may see that."""
    profile = profile_of(user)
    if profile.pk and profile.has_address and profile.is_visible_to(context["request"].user):
        return format_html(
            '<a href="{}"><bdi>{}</bdi></a>', profile.get_absolute_url(), profile.name
        )
    return format_html("<bdi>{}</bdi>", profile.name)
