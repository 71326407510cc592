"""Writes facts of movies: the only module that does, apart from the operator's forms.

Everything happens in batches, each its own transaction. Writing the same facts again changes no
row. Who may write what: `movies.facts.provenance`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from django.db import connection

from cfsite.lib.transactions import in_transaction
from movies.facts import provenance
from movies.facts.movie_facts import MovieFacts, PersonFact
from movies.facts.people import People
from movies.facts.provenance import PEOPLE, TITLES, may_write
from movies.models import AlternativeTitle, Credit, Movie, Person
from movies.titles import fold, title_key

BATCH = 200
_IDS = ("imdb_id", "tmdb_id", "wikidata_id")
_SAVED = [*provenance.COLUMNS, "title_key", "fact_sources"]
_ADVISORY_LOCK = 0x6661637473  # "facts"


def write_all(source: str, facts: Iterable[tuple[int, MovieFacts]]) -> Counter[str]:
    """Write facts by the primary key of their movie. Returns counts: movies, changed, people."""
    counts: Counter[str] = Counter()
    remaining = iter(facts)
    while batch := dict(islice(remaining, BATCH)):
        counts += in_transaction(lambda batch=batch: write_batch(source, batch))
    return counts


def write_batch(source: str, facts: Mapping[int, MovieFacts]) -> Counter[str]:
    """Write facts of up to about `BATCH` movies, within a transaction of the caller's."""
    one_writer_at_a_time()
    movies = _locked(facts)
    cleaned = {movie.pk: facts[movie.pk].cleaned() for movie in movies}
    changed: set[int] = set()
    taken = _TakenIds(cleaned.values())
    for movie in movies:
        if _set_columns(source, movie, cleaned[movie.pk], taken):
            changed.add(movie.pk)
    changed |= _write_titles(source, movies, cleaned)
    credits = _Credits(source, movies, cleaned)
    changed |= credits.write()
    _save(movie for movie in movies if movie.pk in changed)
    return Counter(movies=len(movies), changed=len(changed), people=credits.n_new_people)


def clear_batch(
    source: str, movie_ids: Iterable[int], only: Collection[str] = provenance.ALL
) -> int:
    """Erase facts that movies have from `source`, within a transaction; returns of how many."""
    one_writer_at_a_time()
    names_of = {
        movie: [name for name in provenance.names_from(movie, source) if name in only]
        for movie in _locked(movie_ids)
    }
    names_of = {movie: names for movie, names in names_of.items() if names}
    for movie, names in names_of.items():
        for name in set(names) & set(provenance.COLUMNS):
            setattr(movie, name, None if Movie._meta.get_field(name).null else "")
        movie.fact_sources = provenance.without(movie.fact_sources, names)
    titled = [movie.pk for movie, names in names_of.items() if TITLES in names]
    AlternativeTitle.objects.filter(movie__in=titled).delete()
    credited = Credit.objects.filter(movie__in=names_of).select_related("movie")
    _delete_credits([one for one in credited if PEOPLE[one.role] in names_of[one.movie]])
    _save(names_of)
    return len(names_of)


def one_writer_at_a_time() -> None:
    """Until the end of the transaction; two writers would each add the same person.

    SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])


def _locked(movie_ids: Iterable[int]) -> list[Movie]:
    return list(Movie.objects.select_for_update().filter(pk__in=set(movie_ids)).order_by("pk"))


def _save(movies: Iterable[Movie]) -> None:
    rows = list(movies)
    for movie in rows:
        movie.title_key = title_key(movie.title, movie.original_title)
    Movie.objects.bulk_update(rows, _SAVED, batch_size=100)


class _TakenIds:
    """Ids of other sites that movies have already: no second movie gets one of them."""

    def __init__(self, facts: Iterable[MovieFacts]) -> None:
        self._owners: dict[tuple[str, object], int] = {}
        wanted = {name: {getattr(one, name) for one in facts} - {"", None} for name in _IDS}
        for name, values in wanted.items():
            rows = Movie.objects.filter(**{f"{name}__in": values}).order_by("-pk")
            for pk, value in rows.values_list("pk", name):
                self._owners[name, value] = pk

    def take(self, name: str, value: object, movie: Movie) -> bool:
        return self._owners.setdefault((name, value), movie.pk) == movie.pk


def _set_columns(source: str, movie: Movie, facts: MovieFacts, taken: _TakenIds) -> list[str]:
    """Set the columns that `source` may write and that differ; returns their names."""
    names = []
    for name, value in facts.columns.items():
        now = getattr(movie, name)
        if now == value or not may_write(source, movie, name, is_blank=now in ("", None)):
            continue
        if name == "original_title" and fold(value) == fold(movie.title):
            continue
        if name in _IDS and not taken.take(name, value, movie):
            continue
        setattr(movie, name, value)
        names.append(name)
    movie.note_source(names, source)
    return names


def _write_titles(
    source: str, movies: Sequence[Movie], facts: Mapping[int, MovieFacts]
) -> set[int]:
    """Replace alternative titles by those of `source`; returns the movies that changed."""
    present: dict[int, set[str]] = defaultdict(set)
    rows = AlternativeTitle.objects.filter(movie__in=facts)
    for movie_id, title in rows.values_list("movie_id", "title"):
        present[movie_id].add(title)
    new: list[AlternativeTitle] = []
    changed: set[int] = set()
    for movie in movies:
        shown = {fold(movie.title), fold(movie.original_title)}
        wanted = [title for title in facts[movie.pk].alternative_titles if fold(title) not in shown]
        now = present[movie.pk]
        if not wanted or set(wanted) == now:
            continue
        if may_write(source, movie, TITLES, is_blank=not now):
            changed.add(movie.pk)
            movie.note_source([TITLES], source)
            new += [
                AlternativeTitle(movie=movie, title=title, title_key=title_key(title)[:300])
                for title in wanted
            ]
    if changed:
        rows.filter(movie__in=changed).delete()
        AlternativeTitle.objects.bulk_create(new)
    return changed


class _Credits:
    """The credits of a batch of movies, before and after."""

    def __init__(
        self, source: str, movies: Sequence[Movie], facts: Mapping[int, MovieFacts]
    ) -> None:
        self._source = source
        self._present: dict[tuple[int, str], list[Credit]] = defaultdict(list)
        for one in Credit.objects.filter(movie__in=facts).order_by("movie", "role", "position"):
            self._present[one.movie_id, one.role].append(one)
        # Movie and role -> the people of the source, where it may write them.
        self._wanted: dict[tuple[int, str], tuple[PersonFact, ...]] = {
            (movie.pk, role): people
            for movie in movies
            for role, people in facts[movie.pk].people.items()
            if people
            and may_write(
                source, movie, PEOPLE[role], is_blank=not self._present.get((movie.pk, role))
            )
        }
        self._movies = {movie.pk: movie for movie in movies}
        self.n_new_people = 0

    def write(self) -> set[int]:
        """Write what differs; returns the movies that changed."""
        new: list[Credit] = []
        moved: list[Credit] = []
        gone: list[Credit] = []
        changed: set[int] = set()
        for (movie_id, role), people in self._find_people().items():
            wanted = _credits_of(movie_id, role, people)
            present = {one.person_id: one for one in self._present.get((movie_id, role), [])}
            added = [one for pk, one in wanted.items() if pk not in present]
            dropped = [one for pk, one in present.items() if pk not in wanted]
            both = [pk for pk in wanted if pk in present]
            shifted = [present[pk] for pk in both if _move(present[pk], wanted[pk])]
            if added or dropped or shifted:
                new += added
                moved += shifted
                gone += dropped
                changed.add(movie_id)
                self._movies[movie_id].note_source([PEOPLE[role]], self._source)
        _delete_credits(gone)
        new.sort(key=lambda one: (one.movie_id, one.role, one.position))
        Credit.objects.bulk_create(new)
        Credit.objects.bulk_update(moved, ["position", "character"], batch_size=200)
        return changed

    def _find_people(self) -> dict[tuple[int, str], list[tuple[Person, str]]]:
        """Movie and role -> people with their characters, all of them saved."""
        people = People(person for some in self._wanted.values() for person in some)
        credited: dict[int, set[int]] = defaultdict(set)
        for (movie_id, _role), rows in self._present.items():
            credited[movie_id].update(one.person_id for one in rows)
        found = {
            (movie_id, role): [
                (people.find(fact, credited[movie_id]), fact.character) for fact in some
            ]
            for (movie_id, role), some in self._wanted.items()
        }
        self.n_new_people = people.save()
        return found


def _credits_of(
    movie_id: int, role: str, people: Sequence[tuple[Person, str]]
) -> dict[int, Credit]:
    """By person. Who is there twice keeps the first place."""
    credits: dict[int, Credit] = {}
    for person, character in people:
        if person.pk not in credits:
            credits[person.pk] = Credit(
                movie_id=movie_id,
                person=person,
                role=role,
                position=len(credits),
                character=character,
            )
    return credits


def _move(before: Credit, after: Credit) -> bool:
    """Take over position and character. Returns whether they differ."""
    if (before.position, before.character) == (after.position, after.character):
        return False
    before.position, before.character = after.position, after.character
    return True


def _delete_credits(credits: Sequence[Credit]) -> None:
    """And people who have no other."""
    if not credits:
        return
    Credit.objects.filter(pk__in=[one.pk for one in credits]).delete()
    lost = {one.person_id for one in credits}
    Person.objects.filter(pk__in=lost, credits__isnull=True).delete()


def in_batches(rows: Iterable[int], size: int = BATCH) -> Iterator[list[int]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        yield batch
