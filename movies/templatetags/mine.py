"""Long tables of one's own pages, put together in one pass."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString

from movies.rating_days import RatingDays

register = template.Library()


@register.simple_tag
def day_rows(days: RatingDays) -> SafeString:
    """The days with ratings as rows of a table, newest first."""
    page = reverse("movies:ratings")
    return SafeString(
        "".join(
            f'<tr><th scope="row"><a href="{page}?rated={day.day}">'
            f"{escape(date_format(day.day, 'DATE_FORMAT'))}</a></th><td>{day.n}</td></tr>"
            for day in days.rated
        )
    )
