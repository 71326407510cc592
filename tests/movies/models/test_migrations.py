"""A site that is there already, with ratings, takes the migrations that came since."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

RATE = """
from accounts.models import User; from django.db import connection
user = User.objects.create_user("alice", "alice@example.org", "a good password 1")
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO movies_movie (title, original_title, description, imdb_id,"
        " title_key, added_at) VALUES ('Heat', '', '', '', 'heat', '2026-01-01')")
    cursor.execute("INSERT INTO movies_rating (user_id, movie_id, half_stars, rated_at, updated_at,"
        " prediction_shown) VALUES (%s, 1, 8, '2026-01-01', '2026-01-01', 0)", [user.pk])
"""
LOOK = """
from accounts.models import User; from movies.models import Movie, Rating
Rating.objects.rate(User.objects.create_user("bob", "bob@example.org", "a good password 1"),
    Movie.objects.get(), 5)
movie = Movie.objects.get(); print("counted", movie.n_ratings, movie.half_star_sum)
"""


def manage(folder: Path, *words: str) -> str:
    environment = {
        **os.environ,
        "CFSITE_DATA_DIR": str(folder),
    }
    environment["DATABASE_URL"] = f"sqlite:///{folder / 'site.sqlite3'}"
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.slow
def test_an_upgrade_keeps_ratings_and_goes_on_counting(tmp_path: Path) -> None:
    # From a state with triggers to one for which a table that they write to is rebuilt.
    manage(tmp_path, "migrate", "-v0", "movies", "0002")
    manage(tmp_path, "migrate", "-v0", "accounts")
    manage(tmp_path, "shell", "-v0", "-c", RATE)
    manage(tmp_path, "migrate", "-v0")
    assert "counted 2 18" in manage(tmp_path, "shell", "-v0", "-c", LOOK)
