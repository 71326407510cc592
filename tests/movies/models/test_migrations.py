"""Tests that sites with ratings and triggers survive an upgrade."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

# In the words of SQL, because the models of today do not fit the tables of then.
RATE = """
from accounts.models import User; from django.db import connection
user = User.objects.create_user("alice")
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO movies_movie (title, original_title, description, imdb_id,"
        " title_key, added_at) VALUES ('Heat', '', '', '', 'heat', '2026-01-01')")
    cursor.execute("INSERT INTO movies_rating (user_id, movie_id, half_stars, rated_at, updated_at,"
        " prediction_shown) VALUES (%s, 1, 8, '2026-01-01', '2026-01-01', FALSE)", [user.pk])
"""
EDIT_IN_BULK = """
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO movies_step (user_id, kind, half_stars, made_at, n, before)"
        " VALUES (%s, 'stars', 8, '2026-01-01', 1, '[]')", [user.pk])
"""
# What `migrate` installed while the table was still called movies_cataloguemark.
INSTALL_OLD_TRIGGERS = """
from movies.models.triggers import catalogue_version as triggers
words = {"columns": "year", "changed": "OLD.year IS NOT NEW.year"}
old = lambda sql: sql.replace("movies_catalogueversion", "movies_cataloguemark")
with connection.cursor() as cursor:
    if connection.vendor == "sqlite":
        for name, definition in triggers.SQLITE.items():
            cursor.execute(old(f"CREATE TRIGGER {name} {definition.format(**words)}"))
    else:
        cursor.execute(old(triggers._POSTGRESQL_FUNCTION))
        for name, event in triggers.POSTGRESQL.items():
            cursor.execute(f"CREATE TRIGGER {name} {event.format(**words)} FOR EACH STATEMENT"
                " EXECUTE FUNCTION movies_catalogue_edited()")
    cursor.execute("INSERT INTO movies_cataloguemark (id, count) VALUES (1, 41)")
"""
LOOK = """
from movies.models import BulkEdit, CatalogueVersion, Movie, Rating
Rating.objects.rate(User.objects.create_user("bob"), Movie.objects.get(), 5)
movie = Movie.objects.get(); print("counted", movie.n_ratings, movie.half_star_sum)
before = CatalogueVersion.current(); Movie.objects.update(year=1995)
print("version", before, CatalogueVersion.current())
print("bulk edits", *BulkEdit.objects.values_list("kind", "n"))
"""

Run = Callable[[str], str]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Runs a script on a database of its own, of the kind that the other tests run on."""
    environment = {**os.environ, "CFSITE_DATA_DIR": str(tmp_path)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    if connection.vendor == "sqlite":
        environment["DATABASE_URL"] = f"sqlite:///{tmp_path / 'site.sqlite3'}"
        yield lambda script: run_in(environment, script)
        return
    server = os.environ["DATABASE_URL"]
    environment["DATABASE_URL"] = urlsplit(server)._replace(path="/upgraded").geturl()
    with psycopg.connect(server, autocommit=True) as connected:
        connected.execute("CREATE DATABASE upgraded")
        try:
            yield lambda script: run_in(environment, script)
        finally:
            connected.execute("DROP DATABASE upgraded")


def run_in(environment: dict[str, str], script: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "--no-imports", "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def migrate(*target: str) -> str:
    return f"from django.core.management import call_command; call_command('migrate', *{target})\n"


@pytest.mark.slow
def test_an_upgrade_keeps_ratings_and_goes_on_counting(run: Run) -> None:
    # From a state with triggers to one for which a table that they write to is rebuilt.
    old_site = migrate("movies", "0002") + migrate("accounts") + RATE
    assert "counted 2 18" in run(old_site + migrate() + LOOK)


@pytest.mark.slow
def test_renamed_tables_keep_their_rows_and_triggers(run: Run) -> None:
    old_site = migrate("movies", "0010") + migrate("accounts") + RATE + EDIT_IN_BULK
    found = run(old_site + INSTALL_OLD_TRIGGERS + migrate() + LOOK)
    assert "counted 2 18" in found
    assert "version 41 42" in found
    assert "bulk edits ('stars', 1)" in found
