"""Pages read from a real streaming replica, whose replay is paused where it is to be behind."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User, create_token
from cfsite.lib.replicas import health
from cfsite.lib.replicas.router import Reads, reading
from cfsite.operations.doctor import connections as connections_of_the_doctor
from movies.models import Movie, Rating
from movies.models.triggers import catalogue_version, member_changes, rating_counts
from movies.search import index
from movies.sync import replica_reads
from tests.database_aliases import leave, reach
from tests.faults import children
from tests.servers import ServerMissing, postgresql_replica
from tests.site import eventually

REPLICA = "replica_1"


@pytest.fixture(scope="module")
def replica_port(django_db_setup: None, django_db_blocker: Any) -> Iterator[int]:
    with django_db_blocker.unblock():
        if connection.vendor != "postgresql":
            pytest.skip("SQLite has no replicas")
        server = connection.settings_dict
    try:
        with postgresql_replica(server) as port:
            yield port
    except ServerMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def replica(replica_port: int, transactional_db: None, settings: Any) -> Iterator[str]:
    """The alias of the replica, from which the site reads."""
    for triggers in (rating_counts, member_changes, catalogue_version):
        triggers.install(connection)
    reach(REPLICA, replica_port)
    settings.REPLICAS, settings.REPLICA_MAX_LAG = [REPLICA], 3600
    settings.DATABASE_ROUTERS = ["movies.sync.replica_reads.Router"]
    own = "movies.sync.replica_reads.ReadFromReplicas"
    place = settings.MIDDLEWARE.index("django.contrib.auth.middleware.AuthenticationMiddleware")
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[: place + 1],
        own,
        *settings.MIDDLEWARE[place + 1 :],
    ]
    health._known.clear()
    yield REPLICA
    leave(REPLICA)


@pytest.fixture(autouse=True)
def looks_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "BELIEVED_FOR", 0.0)
    monkeypatch.setattr(health, "RETRY_AFTER", 0.0)


def caught_up() -> None:
    """Has replayed all that was written before; other test processes may write all the time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn()")
        (position,) = cursor.fetchone()
    with connections[REPLICA].cursor() as cursor:
        eventually(lambda: _has_replayed(cursor, position), children.PATIENCE, "the replay")


def _has_replayed(cursor: Any, position: str) -> bool:
    with connection.cursor() as primary:
        # The position may be past the head of a page of which the log has nothing else yet.
        primary.execute("SELECT pg_current_xact_id()")
    cursor.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [position])
    return bool(cursor.fetchone()[0])


@contextmanager
def behind() -> Iterator[None]:
    """What is written within does not reach the replica before the end."""
    caught_up()
    with connections[REPLICA].cursor() as cursor:
        cursor.execute("SELECT pg_wal_replay_pause()")
        eventually(lambda: _is_paused(cursor), what="the pause")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_wal_replay_resume()")
    caught_up()


def _is_paused(cursor: Any) -> bool:
    cursor.execute("SELECT pg_get_wal_replay_pause_state()")
    return cursor.fetchone() == ("paused",)


def own_ratings(client: Client) -> dict[int, float]:
    answer = client.get("/api/v1/ratings/")
    assert answer.status_code == 200
    return {row["movie"]["id"]: row["stars"] for row in answer.json()["results"]}


def read_from_replica(client: Client, path: str) -> tuple[int, str]:
    """How many queries the page made there, and the page."""
    with CaptureQueriesContext(connections[REPLICA]) as there:
        answer = client.get(path)
    assert answer.status_code == 200
    own = [query for query in there if "pg_last_wal" not in query["sql"]]
    return len(own), answer.content.decode()


@pytest.fixture
def heat(replica: str, make_movie: Callable[..., Movie]) -> Movie:
    return make_movie("Heat", 1995, "Crime")


def test_it_works(heat: Movie, client: Client, alice: User, alices_client: Client) -> None:
    Rating.objects.rate(alice, heat, 4.0)
    caught_up()
    for path in ("/movies/", heat.get_absolute_url(), f"/api/v1/movies/{heat.pk}/"):
        n, page = read_from_replica(client, path)
        assert n > 0, path
        assert "Heat" in page
    n, page = read_from_replica(alices_client, "/me/ratings/")
    assert n > 0
    assert "Heat" in page


def test_a_member_sees_their_own_rating_at_once(
    heat: Movie, client: Client, alice: User, alices_client: Client
) -> None:
    _token, secret = create_token(alice, "Script", "write")
    script = Client(headers={"authorization": f"Bearer {secret}"})
    with behind():
        for stars, by in ((4.0, alices_client), (2.5, script)):
            url = f"/api/v1/movies/{heat.pk}/rating/"
            answer = by.put(url, {"stars": stars}, content_type="application/json")
            assert answer.status_code in (200, 201)
            for device in (alices_client, script):
                assert own_ratings(device) == {heat.pk: stars}
        heat.description = "Restored in 2017."
        heat.save()
        assert "Restored" not in read_from_replica(client, heat.get_absolute_url())[1], (
            "others read from the replica meanwhile"
        )
    assert read_from_replica(alices_client, "/me/ratings/")[0] > 0, "there again"


def test_control_without_the_counter_the_member_would_not(
    heat: Movie, alice: User, alices_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica_reads, "_changes", lambda user, alias: 0)
    with behind():
        url = f"/api/v1/movies/{heat.pk}/rating/"
        alices_client.put(url, {"stars": 4.0}, content_type="application/json")
        assert own_ratings(alices_client) == {}
    assert own_ratings(alices_client) == {heat.pk: 4.0}


def test_marks_lists_and_the_diary_count_as_well(
    heat: Movie, alices_client: Client, replica: str
) -> None:
    with behind():
        alices_client.put(f"/api/v1/movies/{heat.pk}/marks/watchlist/")
        assert "Heat" in alices_client.get("/me/watchlist/").content.decode()
        n, _page = read_from_replica(alices_client, "/me/watchlist/")
        assert n == 1, "the replica is only asked for its count"


def test_accounts_do_not_run_backwards(heat: Movie, client: Client) -> None:
    with behind():
        user = get_user_model().objects.create_user("zoe", "zoe@example.org", "a good password 1")
        client.force_login(user)
        assert client.get("/me/ratings/").status_code == 200
        assert client.get("/api/v1/me/changes/").status_code == 200, "not: is being deleted"
        client.logout()
        assert client.get("/me/ratings/").status_code == 302


def test_staff_read_from_the_primary(heat: Movie, staff_client: Client) -> None:
    with behind():
        heat.description = "Restored in 2017."
        heat.save()
        n, page = read_from_replica(staff_client, heat.get_absolute_url())
        assert n == 0
        assert "Restored" in page


def test_writes_transactions_and_the_worker_use_the_primary(heat: Movie, replica: str) -> None:
    caught_up()
    assert Movie.objects.all().db == "default", "no request"
    with reading(Reads(lambda: REPLICA)):
        assert Movie.objects.all().db == REPLICA
        assert Movie.genres.through.objects.all().db == REPLICA
        assert User.objects.all().db == "default"
        assert Movie.objects.using(REPLICA).get(pk=heat.pk).genres.all().db == REPLICA
        with transaction.atomic():
            assert Movie.objects.all().db == "default"
        heat.save()
        assert Movie.objects.all().db == "default", "after a write"


def test_the_index_of_the_catalogue_is_never_older_than_its_version(
    heat: Movie,
    client: Client,
    make_movie: Callable[..., Movie],
) -> None:
    """Built from a replica that is behind, it would miss the movie until the next edit."""
    caught_up()
    assert "Heat" in client.get("/movies/?q=heat").content.decode()
    with behind():
        ronin = make_movie("Ronin", 1998)
        index.forget()
        assert client.get("/movies/?q=ronin").status_code == 200
    assert ronin.get_absolute_url() in client.get("/movies/?q=ronin").content.decode()


def test_one_that_lags_is_left_alone(
    heat: Movie,
    client: Client,
    staff_client: Client,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.REPLICA_MAX_LAG = -1  # whatever is not replayed is too much
    path = heat.get_absolute_url()
    with caplog.at_level(logging.WARNING, "cfsite.lib.replicas.health"):
        with behind():
            heat.description = "Restored in 2017."
            heat.save()
            eventually(lambda: health.look_at(REPLICA).problem, what="writing the log")
            n, page = read_from_replica(client, path)
            assert n == 0
            assert "Restored" in page
            (finding,) = connections_of_the_doctor.replicas()
            assert (finding.status, "behind" in finding.message) == ("warning", True)
            metrics = staff_client.get("/metrics").content.decode()
            assert 'cfsite_replica_up{replica="replica_1"} 0.0' in metrics
        settings.REPLICA_MAX_LAG = 3600
        assert read_from_replica(client, path)[0] > 0
    (finding,) = connections_of_the_doctor.replicas()
    assert finding.status == "ok"
    told = [record.getMessage() for record in caplog.records]
    assert ["behind the primary" in told[0], "again" in told[-1]] == [True, True]


def test_one_that_breaks_off_within_a_page_costs_nobody_the_page(
    heat: Movie, client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caught_up()
    path = heat.get_absolute_url()
    assert read_from_replica(client, path)[0] > 0

    def end_own_connection(self: health.Replica) -> bool:
        """As if the server stopped between the look at it and the first query."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        theirs = connections[REPLICA]
        theirs.ensure_connection()
        theirs.connection.close()
        return True

    monkeypatch.setattr(health.Replica, "is_usable", end_own_connection)
    with caplog.at_level(logging.WARNING, "cfsite.lib.replicas.health"):
        answer = client.get(path)
        assert (answer.status_code, "Heat" in answer.content.decode()) == (200, True)
        assert client.get(f"/api/v1/movies/{heat.pk}/").status_code == 200
    assert "Not reading from replica_1: no answer" in caplog.text


def test_one_that_is_gone_is_left_alone(
    heat: Movie, client: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    reach(REPLICA, 1)
    with caplog.at_level(logging.WARNING, "cfsite.lib.replicas.health"):
        assert client.get(heat.get_absolute_url()).status_code == 200
    assert "no answer" in caplog.text


def test_a_primary_is_no_replica(heat: Movie, client: Client) -> None:
    reach(REPLICA, connection.settings_dict["PORT"])
    assert "no replica" in health.look_at(REPLICA).problem
    assert client.get(heat.get_absolute_url()).status_code == 200
