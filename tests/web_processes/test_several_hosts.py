"""A site on two web hosts and one for work: PostgreSQL with a replica, Redis and a bucket.

The hosts are processes of one machine with folders of their own, as several machines have.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from accounts.models import User
from movies.models import Movie
from movies.models.triggers import catalogue_version, member_changes
from movies.posters.files import SMALL
from recommender.models import TrainingRun
from tests import servers
from tests.admin.movie_form import NO_ROWS
from tests.s3_server import ACCESS_KEY, SECRET, s3
from tests.site import Site, eventually, running_site
from tests.web_processes.conftest import API, Caller, start

pytestmark = [pytest.mark.slow, pytest.mark.redis]
pytest.importorskip("storages", reason="requirements-s3.txt is not installed")


@pytest.fixture
def host(db: None, tmp_path: Path) -> Iterator[Callable[[str], Site]]:
    """Makes a host of this name; all of them share what hosts must share."""
    if connection.vendor != "postgresql":
        pytest.skip("several hosts need PostgreSQL")
    for triggers in (member_changes, catalogue_version):
        triggers.install(connection)
    server = connection.settings_dict
    with ExitStack() as running:
        try:
            redis = running.enter_context(servers.redis())
            replica = running.enter_context(servers.postgresql_replica(server))
        except servers.ServerMissing as missing:
            pytest.skip(str(missing))
        store = running.enter_context(s3())
        shared = {
            "CFSITE_SEVERAL_HOSTS": "1",
            "CFSITE_REPLICA_URLS": "postgres://{USER}@{HOST}:{port}/{NAME}".format(
                **server, port=replica
            ),
            "REDIS_URL": redis,
            "CFSITE_MEDIA_TO": "s3://films/club",
            "AWS_ENDPOINT_URL": store.url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "CFSITE_DEBUG": "1",  # pages without collected static files
            "CFSITE_REFIT_TICK": "1",
            "CFSITE_REFIT_INTERVAL": "0",
        }

        def make(name: str) -> Site:
            folder = tmp_path / name
            (folder / "static").mkdir(parents=True)
            return running.enter_context(running_site(folder, **shared))

        yield make


def upload_poster(by: Caller, movie: Movie) -> None:
    picture = BytesIO()
    Image.new("RGB", (600, 900), "red").save(picture, "PNG")
    picture.seek(0)
    picture.name = "poster.png"
    form = {"title": movie.title, "year": movie.year, "genres": [], **NO_ROWS}
    body = encode_multipart(BOUNDARY, {**form, "poster_upload": picture})
    headers = {**by.headers, "Content-Type": MULTIPART_CONTENT}
    status, _answer = by.send("POST", f"/admin/movies/movie/{movie.pk}/change/", body, headers)
    assert status == 302


def test_what_one_host_stored_the_other_shows(
    host: Callable[[str], Site], two_tastes: list[Movie], staff: User
) -> None:
    urls = [start(host(name), workers=1) for name in ("a", "b")]

    status, answer = Caller(urls[0]).call(
        "POST", "/_allauth/app/v1/auth/signup", {"username": "zoe", "password": "a good password 1"}
    )
    assert status == 200
    zoe = [Caller(url) for url in urls]
    for device in zoe:
        device.headers = {"X-Session-Token": answer["meta"]["session_token"]}
    for turn in range(20):
        here, there = zoe[turn % 2], zoe[(turn + 1) % 2]
        movie, stars = two_tastes[turn % 5], (turn % 10 + 1) / 2
        assert here.rate(movie.pk, stars) in (200, 201)
        for device in (there, here):
            own = device.call("GET", f"{API}/ratings/")[1]["results"]
            assert {row["movie"]["id"]: row["stars"] for row in own}[movie.pk] == stars

    upload_poster(Caller(urls[0], staff), two_tastes[0])
    name = Movie.objects.get(pk=two_tastes[0].pk).poster_file
    shown = [Caller(url).call("GET", f"/posters/{name}-{SMALL}.webp") for url in urls]
    assert shown[0] == shown[1]
    assert shown[0][0] == 200

    before = TrainingRun.objects.active_id()
    elsewhere = host("worker")
    elsewhere.worker()
    elsewhere.beat()
    eventually(
        lambda: TrainingRun.objects.active_id() != before,
        seconds=300,
        what="a refit on the third host",
    )
    # The addresses in them differ here, where hosts have no balancer in front.
    lists = [
        (answer["run"], [(row["movie"]["id"], row["score"]) for row in answer["results"]])
        for answer in (device.recommendations() for device in zoe)
    ]
    assert lists[0] == lists[1]
    assert lists[0][0] != before
    assert lists[0][1]


def test_a_replica_that_is_killed_costs_nobody_a_page(
    host: Callable[[str], Site], two_tastes: list[Movie], even_fan: User
) -> None:
    site = host("a")
    url = start(site, workers=1)
    visitor, alice = Caller(url), Caller(url, even_fan)
    assert visitor.call("GET", "/movies/")[0] == 200
    address = site.environment["CFSITE_REPLICA_URLS"]
    with psycopg.connect(address, autocommit=True) as link:
        (folder,) = link.execute("SHOW data_directory").fetchone()
    process = int(Path(folder, "postmaster.pid").read_text().split()[0])
    servers.os.kill(process, signal.SIGQUIT)
    for _ in range(5):
        for who in (visitor, alice):
            assert who.call("GET", two_tastes[0].get_absolute_url())[0] == 200
    assert alice.rate(two_tastes[9].pk, 4.0) == 201
    assert "Not reading from replica_1" in site.log.read_text()
