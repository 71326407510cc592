"""Finds the people of facts in the database, so that everybody is there once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Q

from movies.facts.movie_facts import PersonFact
from movies.models import Person
from movies.titles import fold


class People:
    """The people of a batch: known ones from two queries, new ones written in one."""

    def __init__(self, wanted: Iterable[PersonFact]) -> None:
        facts = list(wanted)
        self._by_name: dict[str, list[Person]] = defaultdict(list)
        self._by_id: dict[tuple[str, object], Person] = {}
        self._new: list[Person] = []
        self._changed: dict[int, Person] = {}
        if facts:
            for person in Person.objects.filter(_any_of(facts)).order_by("pk"):
                self._add(person)

    def find(self, fact: PersonFact, credited: Collection[int] = ()) -> Person:
        """By id, else by name; a new person, unsaved, if nobody fits.

        Args:
            credited: Primary keys of the people whom the movie credits already. Of namesakes, one
                of these is meant.
        """
        person = self._known(fact, credited)
        if person is None:
            person = Person(name=fact.name, name_key=fold(fact.name)[:200])
            self._new.append(person)
            self._by_name[person.name_key].append(person)
        self._add_ids(person, fact)
        return person

    def save(self) -> int:
        """Write new people and new ids; returns how many are new."""
        self._new.sort(key=lambda person: (person.name_key, person.name))
        Person.objects.bulk_create(self._new)
        changed = [self._changed[pk] for pk in sorted(self._changed)]
        Person.objects.bulk_update(changed, ["imdb_id", "tmdb_id", "wikidata_id"], batch_size=200)
        return len(self._new)

    def _add(self, person: Person) -> None:
        self._by_name[person.name_key].append(person)
        for name in ("wikidata_id", "tmdb_id", "imdb_id"):
            if value := getattr(person, name):
                self._by_id[name, value] = person

    def _known(self, fact: PersonFact, credited: Collection[int]) -> Person | None:
        for pair in fact.ids.items():
            if pair in self._by_id:
                return self._by_id[pair]
        alike = [one for one in self._by_name[fold(fact.name)[:200]] if _may_be(one, fact)]
        here = [one for one in alike if one.pk in credited]
        if here:
            return here[0]
        # Somebody with an id is one of several namesakes, but which?
        return alike[0] if alike and (len(alike) == 1 or not fact.ids) else None

    def _add_ids(self, person: Person, fact: PersonFact) -> None:
        for name, value in fact.ids.items():
            if not getattr(person, name) and (name, value) not in self._by_id:
                setattr(person, name, value)
                self._by_id[name, value] = person
                if person.pk:
                    self._changed[person.pk] = person


def _any_of(facts: list[PersonFact]) -> Q:
    found = Q(name_key__in={fold(fact.name)[:200] for fact in facts})
    for name in ("wikidata_id", "tmdb_id", "imdb_id"):
        if values := {value for fact in facts if (value := getattr(fact, name))}:
            found |= Q(**{f"{name}__in": values})
    return found


def _may_be(person: Person, fact: PersonFact) -> bool:
    """Nobody has two ids of a kind."""
    return all(getattr(person, name) in ("", None, value) for name, value in fact.ids.items())
