"""Directors, writers and actors as arrays in memory, for search by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from urllib.parse import urlencode

import numpy as np
from django.urls import NoReverseMatch, reverse

from movies.models import Credit, Movie, Person
from movies.search import index as catalogue_index
from movies.search.lines import TextLines
from movies.search.shared import Shared
from movies.search.trigrams import TitleTrigrams

# A single word that more people than this have in their names finds only those whose last name it
# is: "john" is not meant for every John.
MOST_NAMESAKES = 30
# Shorter beginnings of a name suggest nobody.
SHORTEST_START = 3
# Shorter words are not taken for misspelled names, nor less similar ones.
SHORTEST_MISSPELLED, SIMILAR_NAME = 5, 0.8


@dataclass(frozen=True)
class PeopleIndex:
    person_ids: np.ndarray  # (p,) int64 ascending: people with a credit
    names: TextLines  # (p,)
    starts: np.ndarray  # (p + 1,) int64
    movie_ids: np.ndarray  # the movies of each person, each once, from starts[p] to starts[p + 1]
    popularity: np.ndarray  # (p,) int64, ratings of the person's movies when this was built

    def named(self, words: Sequence[str]) -> np.ndarray:
        """The people with all of these words in their names, ascending."""
        if not words:
            return np.empty(0, np.int64)
        found = [self.names.with_word(word) for word in words]
        people = reduce(np.intersect1d, found)
        if len(words) == 1 and len(people) > MOST_NAMESAKES:
            return self.names.with_last_word(words[0])
        return people

    def suggested(self, words: Sequence[str], n: int) -> list[tuple[int, int]]:
        """The best known people whose names have these words, once there are a few letters."""
        if not words or len(words[-1]) < (SHORTEST_START if len(words) == 1 else 1):
            return []
        return [self.id_and_movies(person) for person in self.ranked(words)[:n]]

    def ranked(self, words: Sequence[str]) -> np.ndarray:
        """The people whose names have these words, the last one being typed still, best first."""
        if not words:
            return np.empty(0, np.int64)
        found = [self.names.with_word(word) for word in words[:-1]]
        people = reduce(np.intersect1d, [*found, self.names.with_prefix(words[-1])])
        return people[np.argsort(-self.popularity[people], kind="stable")]

    @cached_property
    def best_known(self) -> np.ndarray:
        """Everybody, most rated first."""
        return np.argsort(-self.popularity, kind="stable")

    def corrected(self, words: Sequence[str]) -> list[str]:
        """The words, misspelled ones replaced by words of names; none if one resembles no name."""
        found = []
        for word in words:
            if len(self.names.with_word(word)):
                found.append(word)
            elif len(word) >= SHORTEST_MISSPELLED and (
                similar := self._words.similar(word, 1, SIMILAR_NAME)
            ):
                found.append(self._words.keys[similar[0][0]].strip())
            else:
                return []
        return found

    @cached_property
    def _words(self) -> TitleTrigrams:
        """All words of names."""
        words = sorted(set(self.names.text.decode().split()))
        return TitleTrigrams.of([f" {word} " for word in words])

    def movies_of(self, people: np.ndarray) -> np.ndarray:
        """The ids of the movies of these people."""
        parts = [self.movie_ids[self.starts[each] : self.starts[each + 1]] for each in people]
        return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.int64)

    def id_and_movies(self, person: int) -> tuple[int, int]:
        """A person's id, and how many movies they made."""
        return int(self.person_ids[person]), int(self.starts[person + 1] - self.starts[person])


@dataclass(frozen=True)
class FoundPerson:
    name: str
    n_movies: int
    url: str


def found(people: Sequence[tuple[int, int]]) -> list[FoundPerson]:
    """People by id and number of movies, in this order; one query if there are any."""
    by_id = Person.objects.only("name").in_bulk([pk for pk, _ in people]) if people else {}
    return [
        FoundPerson(by_id[pk].name, n_movies, _url(by_id[pk]))
        for pk, n_movies in people
        if pk in by_id
    ]


def _url(person: Person) -> str:
    """The person's page; all results for the name where people have none."""
    try:
        return person.get_absolute_url()
    except NoReverseMatch:
        return f"{reverse('movies:browse')}?{urlencode({'q': person.name})}"


def build() -> PeopleIndex:
    """Read all people and credits, in three queries."""
    pairs = Credit.objects.values_list("person_id", "movie_id").order_by()
    links = np.fromiter(
        (value for pair in pairs.iterator(chunk_size=20_000) for value in pair), np.int64
    ).reshape(-1, 2)
    links = np.unique(links, axis=0)
    person_ids, starts = np.unique(links[:, 0], return_index=True)
    starts = np.append(starts, len(links))
    rows = Person.objects.order_by("pk").values_list("pk", "name_key").iterator()
    names = dict(rows)
    counts = Movie.objects.order_by("pk").values_list("pk", "n_ratings").iterator()
    ratings = np.fromiter((value for row in counts for value in row), np.int64).reshape(-1, 2)
    return PeopleIndex(
        person_ids=person_ids,
        names=TextLines.of(f" {names.get(pk, '')} " for pk in person_ids.tolist()),
        starts=starts,
        movie_ids=links[:, 1].copy(),
        popularity=_sums(starts, links[:, 1], ratings),
    )


def _sums(starts: np.ndarray, movie_ids: np.ndarray, ratings: np.ndarray) -> np.ndarray:
    """How often the movies of each person were rated. ratings: rows of movie id and number."""
    if not len(movie_ids) or not len(ratings):
        return np.zeros(len(starts) - 1, np.int64)
    places = np.searchsorted(ratings[:, 0], movie_ids).clip(max=len(ratings) - 1)
    known = ratings[places, 0] == movie_ids
    return np.add.reduceat(np.where(known, ratings[places, 1], 0), starts[:-1])


# A build reads the credits of all movies, and facts are fetched movie by movie for days: so the
# pauses are longer than those of titles.
_shared = Shared(
    build,
    lambda: catalogue_index.seen_versions().people,
    pause_per_build=20,
    longest_pause=60.0,
)
current = _shared.current
forget = _shared.forget
