"""Long tables of one's own pages, put together in one pass."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from movies.models import Movie
from movies.my_ratings.calendar import RatingDays

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


@register.simple_tag
def taking_off(movies: Iterable[Movie]) -> dict[int, SafeString]:
    """What stands below the cards of a watchlist, by movie id: the length, and the way off it.

    The buttons belong to the form that base.html has for all marks.
    """
    label, minutes = escape(_("Take off")), escape(_("%(minutes)s min"))
    address = reverse("movies:mark", args=[0])
    return {
        movie.pk: SafeString(
            '<p class="watched-for">'
            + (f"<span>{minutes % {'minutes': movie.runtime}}</span> " if movie.runtime else "")
            + '<button class="button-link" form="marks" name="kind" value="watchlist"'
            f' formaction="{address.replace("/0/", f"/{movie.pk}/")}">'
            f'{label}<span class="visually-hidden">: {escape(movie.title)}</span></button></p>'
        )
        for movie in movies
    }
