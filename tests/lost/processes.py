"""Services, processes and the database."""

import shutil
from io import StringIO

from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.models import User
from cfsite.operations import heartbeats
from cfsite.operations.backups import schedule
from cfsite.operations.backups.backup import back_up
from cfsite.operations.models import Backup
from movies.models import Rating, RatingChanges
from recommender.training import refit
from tests.lost.site import Site
from tests.servers import free_port


def redis(site: Site) -> None:
    site.settings.CACHES = {
        **site.settings.CACHES,
        "limits": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": f"redis://127.0.0.1:{free_port()}/0",
            "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 0.2, "IGNORE_EXCEPTIONS": True},
        },
    }
    site.rate()
    client = Client()
    assert client.login(username="alice", password="a good password 1")
    assert client.get(f"/api/v1/movies/{site.movie.pk}/").status_code == 200
    assert refit.is_due()


def worker(site: Site) -> None:
    heartbeats.beat([heartbeats.BEAT])
    assert heartbeats.worker_missing() == "never seen"
    changes = RatingChanges.total()
    site.rate()
    assert RatingChanges.total() == changes + 1, "what the next worker reads"
    assert refit.is_due()
    assert schedule.is_due()


def beat(site: Site) -> None:
    heartbeats.beat(name for name in heartbeats.needed() if name != heartbeats.BEAT)
    assert [sign.name for sign in heartbeats.missing()] == ["beat"]
    site.rate()
    assert refit.is_due()


def database(site: Site) -> None:
    made = back_up()
    site.rate(1.0)
    User.objects.create_user("later")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        else:
            cursor.execute("PRAGMA foreign_keys = OFF")
            for name in connection.introspection.table_names(cursor):
                cursor.execute(f'DROP TABLE "{name}"')
            cursor.execute("PRAGMA foreign_keys = ON")
    call_command("restore", str(site.settings.BACKUP_TO / made.name), stdout=StringIO())
    assert Rating.objects.get().stars == 4.5, "as it was when the backup was made"
    assert [user.username for user in User.objects.all()] == ["alice"]


def sqlite_file(site: Site) -> None:
    assert str(site.settings.DATA_DIR) == str(site.folder)
    environment = site.run("from cfsite import settings; print(settings.DATABASES['default'])")
    if connection.vendor == "sqlite":
        assert str(site.folder / "cfsite.sqlite3") in environment
    database(site)


def backups(site: Site) -> None:
    back_up()
    assert not schedule.is_due()
    shutil.rmtree(site.settings.BACKUP_TO)
    assert schedule.is_due()
    assert "no longer in" in schedule.overdue()
    back_up()
    assert Backup.objects.count() == 2
