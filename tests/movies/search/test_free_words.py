"""Tests that movies are found by people, genre, decade, country, language and description."""

import pytest
from django.utils import translation

from movies.models import AlternativeTitle, Movie, Person
from movies.search import index
from movies.search.fact_words import decades_of
from movies.search.search import Search, search
from tests.movies.search.catalogue_with_people import make_catalogue


@pytest.fixture
def catalogue(db: None) -> None:
    make_catalogue()


def found(query: str) -> list[str]:
    return list(search(Movie.objects.all(), query).values_list("title", flat=True))


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("tarantino", ["Pulp Fiction", "Reservoir Dogs"]),
        ("Quentin Tarantino", ["Pulp Fiction", "Reservoir Dogs"]),
        ("movies by quentin tarantino", ["Pulp Fiction", "Reservoir Dogs"]),
        ("quentin", ["Pulp Fiction", "Reservoir Dogs"]),
        # One person of both names, not a Harrison and a Ford.
        ("harrison ford", ["Star Wars", "Blade Runner"]),
        ("ford harrison 1982", ["Blade Runner"]),
        ("horror 1980s", ["The Shining", "The Thing"]),
        ("80s horror", ["The Shining", "The Thing"]),
        ("eighties horror films", ["The Shining", "The Thing"]),
        ("horror carpenter", ["Halloween", "The Thing"]),
        ("kubrick space", ["2001: A Space Odyssey", "The Shining"]),
        ("french comedy 1960s", ["Playtime"]),
        ("french comedies", ["Playtime", "Mon oncle"]),
        ("comedy france", ["Playtime", "Mon oncle"]),
        ("90s thriller", ["Pulp Fiction", "Reservoir Dogs"]),
        ("british science fiction", ["Alien", "2001: A Space Odyssey"]),
        ("sci-fi horror", ["Alien", "The Thing"]),
        ("scifi 1968", ["2001: A Space Odyssey"]),
        ("policeman shark", ["Jaws"]),
        ("tarantino 1992", ["Reservoir Dogs"]),
    ],
)
def test_described_movies_are_found(catalogue: None, query: str, titles: list[str]) -> None:
    assert found(query) == titles


@pytest.mark.parametrize(
    ("query", "title"),
    [
        *(("alien", "Alien"), ("ford", "Ford v Ferrari"), ("space", "Space Jam")),
        *(("star wars", "Star Wars"), ("valentino", "Valentino"), ("halloween", "Halloween")),
        *(("valentno", "Valentino"), ("haloween", "Halloween"), ("horror space", "The Shining")),
    ],
)
def test_titles_come_first(catalogue: None, query: str, title: str) -> None:
    assert found(query)[0] == title


def test_what_titles_say_is_not_added_to(catalogue: None) -> None:
    assert found("star wars") == ["Star Wars"]
    assert "Space Jam" not in found("kubrick space")
    assert found("tarantino zzxxqq") == []


@pytest.mark.parametrize(
    ("language", "query"),
    [
        *(("de", "Horror 80er"), ("de", "80er-Jahre-Horrorfilme"), ("fr", "horreur années 80")),
        *(("de", "französische Komödien 60er"), ("fr", "comédie française années 60")),
        *(("es", "comedias años 60"), ("de", "french comedy 1960s")),
    ],
)
def test_the_readers_words_are_understood(catalogue: None, language: str, query: str) -> None:
    with translation.override(language):
        expected = ["Playtime"] if "6" in query else ["The Shining", "The Thing"]
        assert found(query) == expected


def test_common_first_names_find_last_names_alone(
    catalogue: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found("john") == ["Pulp Fiction", "Halloween", "The Thing"]
    monkeypatch.setattr("movies.search.people.MOST_NAMESAKES", 1)
    assert found("john") == []
    assert found("carpenter") == ["Halloween", "The Thing"]


def test_alternative_titles_are_titles(catalogue: None) -> None:
    movie = Movie.objects.get(title="Jaws")
    AlternativeTitle.objects.create(movie=movie, title="Der weiße Hai")
    AlternativeTitle.objects.create(movie=movie, title="Les Dents de la mer")
    for query in ("der weiße hai", "weisse hai", "dents de la mer", "dents de la mre"):
        assert found(query)[0] == "Jaws", query


def test_names_are_found_without_their_accents(catalogue: None) -> None:
    person = Person.objects.get(name="Jacques Tati")
    person.name = "Jăcques Tåtiœ"
    person.save()
    assert found("jacques tatioe") == ["Playtime", "Mon oncle"]


@pytest.mark.parametrize("query", ["tarrantino", "quentin tarantno", "qentin tarantino"])
def test_misspelled_names_are_found(catalogue: None, query: str) -> None:
    assert found(query) == ["Pulp Fiction", "Reservoir Dogs"]
    assert Search(query, index.current()).match.is_guess
    assert found("tarantxxx zzxxqq") == []


def test_the_people_of_a_query_are_named(catalogue: None) -> None:
    def named(query: str) -> list[tuple[str, int]]:
        searched = Search(query, index.current())
        return [(person.name, person.n_movies) for person in searched.people]

    assert named("tarantino") == [("Quentin Tarantino", 2)]
    assert named("ford") == [("Harrison Ford", 2), ("Alien Ford", 1), ("Glenn Ford", 1)]
    assert named("jacques tati comedy") == []


def test_facet_counts_agree_with_the_results(catalogue: None) -> None:
    for query in ("tarantino", "horror", "1980s", "ford", "a", "kubrick space", "shark", "french"):
        searched = Search(query, index.current())
        counted = index.current().movie_ids[searched.match.rows].tolist()
        assert sorted(counted) == sorted(movie.pk for movie in searched.of(Movie.objects.all()))


@pytest.mark.parametrize(
    ("words", "decades"),
    [
        ("1980s", [1980]),
        ("80s", [1980]),
        ("80er", [1980]),
        ("20s", [1920, 2020]),
        ("00s", [2000]),
        ("annees 80", [1980]),
        ("seventies", [1970]),
        ("80", []),
        ("1980", []),
        ("s", []),
    ],
)
def test_decades(words: str, decades: list[int]) -> None:
    assert decades_of(words.split()) == decades
