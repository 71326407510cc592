"""The rarest genre decides how a poster looks."""

import pytest

from movies.posters.drawn.genres import NO_GENRE, genres_by_rarity, typeface_of
from movies.posters.drawn.lettering import FACES
from tests.movies.posters.drawn.examples import (
    EVERY_GENRE,
)


@pytest.mark.parametrize(
    ("genres", "expected"),
    [
        (["Drama", "Film-Noir", "Comedy"], "Film-Noir"),
        (["Action", "Crime", "Drama", "IMAX"], "Crime"),
        (["IMAX"], "IMAX"),
        (["Children's"], "Children"),
        (["Science Fiction"], "Sci-Fi"),
        (["(no genres listed)"], NO_GENRE),
        ([], NO_GENRE),
    ],
)
def test_the_rarest_genre_decides(genres: list[str], expected: str) -> None:
    assert genres_by_rarity(genres)[0] == expected
    assert genres_by_rarity(genres[::-1])[0] == expected


def test_every_genre_has_a_typeface() -> None:
    assert {typeface_of(genre) for genre in EVERY_GENRE} == set(FACES)
