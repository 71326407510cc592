"""A change that commits late is not skipped: two connections on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction

from accounts.models import User
from movies.changes import query
from movies.models import MemberChange, Movie, Rating
from movies.models.triggers import member_changes
from tests.movies.changes.test_changes import App, values_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor != 'postgresql'", reason="SQLite has one writer at a time"
    ),
]
Make = Callable[..., Movie]


def _late_and_early(app: App, late: Movie, early: Movie) -> None:
    """One transaction rates first and commits last; between the two commits, the app reads."""
    rated, may_commit = threading.Event(), threading.Event()

    def rate_slowly() -> None:
        with transaction.atomic():
            Rating.objects.rate(app.user, late, 2)
            rated.set()
            may_commit.wait(20)
        connection.close()

    def rate_quickly() -> None:
        Rating.objects.rate(app.user, early, 4)
        connection.close()

    slow, quick = threading.Thread(target=rate_slowly), threading.Thread(target=rate_quickly)
    slow.start()
    assert rated.wait(20)
    quick.start()
    quick.join(1.5)  # waits for the counter, if there is a lock on it
    app.read()
    may_commit.set()
    slow.join()
    quick.join()
    app.read()


def test_a_late_commit_is_not_skipped(alice: User, make_movie: Make) -> None:
    app = App(alice)
    app.read()
    _late_and_early(app, make_movie("Late"), make_movie("Early"))
    assert app.knows_all()
    assert len(app.known) == 2


class TrustingApp(App):
    """Reads on after the largest number it has seen, and asks for no counter."""

    def read(self) -> None:
        page = query._logged(self.user, self.cursor or query.Cursor(0), 0, 100)
        for change in page.changes:
            self.known[change.kind, change.mark, change.key] = values_of(change.row, None)
        self.cursor = page.cursor


@pytest.fixture
def numbers_from_a_sequence() -> Iterator[None]:
    """The triggers as one would write them first: each change takes the next number."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE next_change")
        cursor.execute("DROP TRIGGER movies_change_counter_locked ON movies_rating")
        cursor.execute("""
            CREATE OR REPLACE FUNCTION movies_rating_change_inserted() RETURNS trigger
            LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO movies_memberchange (user_id, kind, key, number, at, logged_at)
                SELECT user_id, 'rating', movie_id, nextval('next_change'), now(), now()
                FROM new_rows;
                RETURN NULL;
            END $$
        """)
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP SEQUENCE next_change")
    member_changes.install(connection)


def test_with_numbers_from_a_sequence_it_would_be(
    alice: User, make_movie: Make, numbers_from_a_sequence: None
) -> None:
    """The control."""
    app = TrustingApp(alice)
    _late_and_early(app, make_movie("Late"), make_movie("Early"))
    newest = MemberChange.objects.order_by("-number").first()
    assert newest is not None
    assert Movie.objects.get(pk=newest.key).title == "Early"
    assert not app.knows_all()
