"""A site that reaches PostgreSQL through PgBouncer in transaction mode."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import Error, connection, connections

from accounts.models import User
from cfsite.operations.backups import backup
from cfsite.operations.backups.failures import BackupFailed
from movies.models import Movie, Rating
from movies.models.triggers import catalogue_version, member_changes
from recommender.models import TrainingRun
from tests.database_aliases import leave, reach
from tests.servers import ServerMissing, pgbouncer
from tests.site import running_site
from tests.web_processes.conftest import API, Caller, start

pytestmark = pytest.mark.slow

ALIAS = "bouncer"


@pytest.fixture
def port(db: None) -> Iterator[int]:
    if connection.vendor != "postgresql":
        pytest.skip("PgBouncer is PostgreSQL's")
    for triggers in (member_changes, catalogue_version):
        triggers.install(connection)
    try:
        with pgbouncer(connection.settings_dict, connection.settings_dict["NAME"]) as port:
            yield port
    except ServerMissing as missing:
        pytest.skip(str(missing))


def address(port: int) -> str:
    return "postgres://{USER}@127.0.0.1:{port}/{NAME}".format(**connection.settings_dict, port=port)


@pytest.mark.parametrize("is_told", [True, False])
def test_a_large_result_is_read_to_its_end(
    port: int, two_tastes: list[Movie], *, is_told: bool
) -> None:
    """Another client takes the server's connection meanwhile; the control fails by that."""
    reach(ALIAS, port, DISABLE_SERVER_SIDE_CURSORS=is_told)
    try:
        movies = Movie.objects.using(ALIAS).order_by("pk").iterator(chunk_size=1)
        found = [next(movies)]
        with psycopg.connect(address(port)) as other:
            other.execute("SELECT 1")  # begins a transaction
            if is_told:
                found += movies
                assert len(found) == len(two_tastes)
            else:
                with pytest.raises((Error, psycopg.Error), match="does not exist"):
                    found += movies
    finally:
        connections[ALIAS].close()
        leave(ALIAS)


def test_the_whole_site_works(
    port: int, two_tastes: list[Movie], even_fan: User, tmp_path: Path
) -> None:
    (tmp_path / "static").mkdir()
    through = {"DATABASE_URL": address(port), "CFSITE_PGBOUNCER": "1", "REDIS_URL": ""}
    through["CFSITE_DEBUG"] = "1"  # pages without collected static files
    with running_site(tmp_path, **through) as site:
        refit = site.start("django", "refit", "--verbosity=0")
        url = start(site, workers=2)
        alice = Caller(url, even_fan)
        assert alice.rate(two_tastes[9].pk, 4.0) == 201
        assert refit.wait(300) == 0, site.log.read_text()
        assert TrainingRun.objects.active()
        assert alice.recommendations()["results"]
        for path in (
            "/",
            "/movies/",
            "/me/ratings/",
            "/me/taste/",
            two_tastes[0].get_absolute_url(),
        ):
            assert alice.call("GET", path)[0] == 200, path
        status, _export = alice.call("GET", f"{API}/me/export/")
        assert status in (200, 202)

        source = tmp_path / "ml"
        source.mkdir()
        (source / "movies.csv").write_text("movieId,title,genres\n90001,Ronin (1998),Crime\n")
        rows = [f"{user},90001,4.0,{user}" for user in range(1, 500)]
        lines = ["userId,movieId,rating,timestamp", *rows, ""]
        (source / "ratings.csv").write_text("\n".join(lines))
        load = site.start("django", "import_movielens", str(source), "--verbosity=0")
        assert load.wait(300) == 0, site.log.read_text()
        assert Rating.objects.filter(movie__title="Ronin").count() == 499
        assert alice.call("GET", "/movies/?q=ronin")[0] == 200


def test_a_backup_is_not_tried(port: int, settings: object, tmp_path: Path) -> None:
    settings.PGBOUNCER, settings.DATA_DIR = True, tmp_path
    with pytest.raises(BackupFailed, match="cannot work through PgBouncer"):
        backup.back_up(tmp_path / "backups")
