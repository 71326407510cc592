"""Tests that sites with ratings and triggers survive an upgrade."""

import pytest

from tests.empty_database import Run, migrate, run

__all__ = ["run"]

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
from django.db import connection
counted = "UPDATE movies_cataloguemark SET count = count + 1"
with connection.cursor() as cursor:
    if connection.vendor == "sqlite":
        cursor.execute("CREATE TRIGGER movies_movie_edited AFTER UPDATE OF title_key, year"
            f" ON movies_movie BEGIN {counted}; END")
    else:
        cursor.execute("CREATE FUNCTION movies_catalogue_edited() RETURNS trigger"
            f" LANGUAGE plpgsql AS $$ BEGIN {counted}; RETURN NULL; END $$")
        cursor.execute("CREATE TRIGGER movies_catalogue_columns AFTER UPDATE OF title_key, year"
            " ON movies_movie FOR EACH STATEMENT EXECUTE FUNCTION movies_catalogue_edited()")
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


@pytest.mark.slow
def test_an_upgrade_keeps_rows_and_goes_on_counting(run: Run) -> None:
    """One long way for all, because migrating takes ten seconds."""
    # From a state with triggers to one for which a table that they write to is rebuilt.
    old_site = migrate("movies", "0002") + migrate("accounts") + RATE
    # And on from one whose tables have other names today.
    newer_site = migrate("movies", "0010") + EDIT_IN_BULK + INSTALL_OLD_TRIGGERS
    found = run(old_site + newer_site + migrate() + LOOK)
    assert "counted 2 18" in found
    assert "version 41 42" in found
    assert "bulk edits ('stars', 1)" in found
