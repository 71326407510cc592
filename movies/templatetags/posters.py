"""`{% poster movie %}`: the drawn poster of a movie."""

from django import template
from django.utils.safestring import SafeString

from movies.models import Movie
from movies.posters import draw

register = template.Library()


@register.simple_tag
def poster(movie: Movie) -> SafeString:
    """Inline SVG; asks the database nothing if the genres are prefetched (`for_cards`)."""
    genres = [genre.name for genre in movie.genres.all()]
    # Built from constants and numbers; draw() escapes the title, the one foreign text in it.
    return SafeString(draw(movie.title, movie.year, genres))
