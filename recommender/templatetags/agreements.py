"""How far two tastes agree, in words and as a bar."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from recommender.profiles.agreement import Agreement

register = template.Library()


@register.simple_tag
def agreement_words(common: Agreement) -> str:
    r = common.correlation or 0.0
    if r >= 0.6:
        return _("Your tastes are much alike")
    if r >= 0.3:
        return _("Your tastes are rather alike")
    if r > -0.3:
        return _("Your tastes have little to do with each other")
    return _("Your tastes are rather opposite")


@register.simple_tag
def agreement_bar(common: Agreement) -> SafeString:
    """From the middle, which is no relation, towards one end."""
    reach = round(50 * (common.correlation or 0.0), 1)
    return format_html(
        '<svg aria-hidden="true" viewBox="0 0 100 6" preserveAspectRatio="none">'
        '<rect class="scale" width="100" height="6"/>'
        '<rect class="reach" x="{}" width="{}" height="6"/></svg>',
        f"{50 + min(reach, 0):.1f}",
        f"{max(abs(reach), 0.8):.1f}",
    )
