"""Lists of choices with their counts, written in one pass: a page has fifty of them."""

from html import escape

from django import template
from django.utils.formats import number_format
from django.utils.safestring import SafeString

from movies.facets import Choice, Facet

register = template.Library()


@register.simple_tag
def facet_choices(facet: Facet) -> SafeString:
    """Each choice as a link that makes it, or takes it back."""
    return SafeString("".join(map(_choice, facet.choices)))


def _choice(choice: Choice) -> str:
    current = ' aria-current="true"' if choice.on else ""
    n = str(choice.n) if choice.n < 1000 else number_format(choice.n, force_grouping=True)
    return (
        f'<li><a href="?{escape(choice.query)}"{current}>{escape(str(choice.label))} '
        f'<span class="count">{n}</span></a></li>'
    )
