"""One member with something private of every kind, each marked by a word nobody else uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.kept_data import relations_to
from accounts.models import User, set_profile
from movies.lists import entries, lifecycle
from movies.models import BulkEdit, Mark, Movie, Rating, Viewing
from movies.periods import Period
from recommender.groups import membership
from recommender.models import Group
from tests.movies.facts.made import credit
from tests.movies.my_imports.states import imports_in_every_state

SECRET = "zyxcanary"


@dataclass
class World:
    """Alice's things, and the arguments of the routes that lead to them."""

    alice: User
    movie: Movie
    arguments: dict[str, Any]

    # What another member or a visitor may not know of: answered like something that is not there.
    OWN = frozenset(
        {
            *("diary:delete", "diary:edit", "movies:undo-bulk-edit", "person"),
            *(f"lists:{name}" for name in ("copy", "delete", "edit", "entries", "list")),
            *(f"lists:{name}" for name in ("renew", "short", "sort")),
            *(f"together:{name}" for name in ("delete", "invitation", "leave", "remove", "rule")),
        }
    )

    def is_own(self, route: str) -> bool:
        return route in self.OWN or route == "movies:import" or route.startswith("movies:import-")

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Everything of Alice's that stands in the database."""
        found = {"user": list(User.objects.filter(pk=self.alice.pk).values())}
        for relation in relations_to(User):
            model = relation.related_model
            if not model._meta.auto_created:
                name = f"{model._meta.label}.{relation.field.name}"
                rows = model._base_manager.filter(**{relation.field.name: self.alice})
                found[name] = sorted(rows.values(), key=str)
        for made in self.alice.movie_lists.all():
            found[f"list {made.pk}"] = sorted(made.entries.values(), key=str)
        return found


def make_world(alice: User, movies: list[Movie]) -> World:
    movie = movies[0]
    for number, rated in enumerate(movies[:3]):
        Rating.objects.rate(alice, rated, 1.5 + number)
    Mark.objects.add(alice, movies[3], Mark.Kind.WATCHLIST)
    Mark.objects.add(alice, movies[4], Mark.Kind.NOT_INTERESTED)
    made = lifecycle.create(alice, f"List {SECRET}")
    entries.add(made, movie, note=f"Note {SECRET}")
    viewing = Viewing.objects.log(alice, movie, Period(2026, 3, 5), note=SECRET, tags=[SECRET])
    set_profile(alice, level="private", bio=SECRET)
    imported = imports_in_every_state(alice, movies)
    group = membership.create(alice, f"Group {SECRET}")
    Group.objects.update(invites_until=timezone.now())  # or the link would let everybody in
    edit = BulkEdit.objects.create(
        user=alice, kind="removed", made_at=timezone.now(), n=1, before=[]
    )
    credit(movie, "Audrey Tautou")
    person = movie.credits.first().person
    ready = imported["ready"].pk
    arguments = {
        "pk": movie.pk,
        "slug": "x",
        "width": 200,
        "name": "none",
        "year": 2026,
        "username": alice.username,
        "token": group.token,
        "lists:shared.key": "nolink",
        "movies:artist.pk": person.pk,
        "movies:artist-short.pk": person.pk,
        "movies:undo-bulk-edit.pk": edit.pk,
        **dict.fromkeys(("diary:edit.pk", "diary:delete.pk"), viewing.pk),
        **{f"lists:{name}.pk": made.pk for name in ("copy", "delete", "edit", "entries", "list")},
        **{f"lists:{name}.pk": made.pk for name in ("renew", "short", "sort")},
        "movies:import.pk": ready,
        "movies:import-columns.pk": imported["asking"].pk,
        "movies:import-undo.pk": imported["done"].pk,
        **{
            f"movies:import-{name}.pk": ready
            for name in (
                *("cancel", "choose", "discard", "missing", "progress", "resume", "run", "start"),
            )
        },
    }
    return World(alice, movie, arguments)


def client_of(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client
