"""What the tests of lists read from lists and answers."""

from html import unescape

from movies.models import MovieList


def titles(movie_list: MovieList) -> list[str]:
    """The titles in order; checks that the places are 1, 2, 3 ..."""
    rows = list(movie_list.entries.in_order().select_related("movie"))
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    return [row.movie.title for row in rows]


def text_of(answer: object) -> str:
    return unescape(answer.content.decode())
