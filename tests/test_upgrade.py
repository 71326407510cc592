"""The tables of each release are upgraded with rows in them; docs/upgrade.md lists them."""

import re
from datetime import date
from pathlib import Path

import pytest

from tests.empty_database import Run, migrate, run

__all__ = ["run"]

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "upgrade.md").read_text()
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| (\S+) \| (\S+) \| (.+?) \|", PAGE, re.MULTILINE)
# In the models of then.
FILL = """
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
names = [key for app, prefix in {targets} for key in sorted(executor.loader.graph.nodes)
    if key[0] == app and key[1].startswith(prefix)]
executor.migrate(names)  # without the signal that installs the triggers of today
then = executor.loader.project_state(names).apps.get_model
now = "2026-01-01T00:00:00Z"
member = then("accounts", "User").objects.create(
    username="member of {release}", email="{release}@example.org")
heat = then("movies", "Movie").objects.create(
    title="Heat {release}", year=1995, title_key="heat", n_ratings=1, half_star_sum=8)
then("movies", "Rating").objects.create(
    user=member, movie=heat, half_stars=8, rated_at=now, updated_at=now)
then("movies", "Mark").objects.create(user=member, movie=heat, kind="watchlist")
own = then("movies", "MovieList").objects.create(owner=member, name="Best of all")
then("movies", "ListEntry").objects.create(movie_list=own, movie=heat, position=1)
model = then("recommender", "TrainingRun").objects.create(state="ready", is_active={newest})
then("recommender", "UserFactors").objects.create(run=model, user=member, bias=0.5, vector=b"v",
    implicit=b"", interest=b"", fitted_movies=bytes(8))
"""

LOOK = """
from django.conf import settings
settings.DEBUG = True  # static files are not collected here
from django.test import Client
from accounts.models import User
from movies.models import Mark, Movie, MovieList, Rating
from recommender.models import TrainingRun, UserFactors
print("model", TrainingRun.objects.active() is not None)
bob = User.objects.create_user("bob")
for member in User.objects.exclude(username="bob"):
    mark, rating, own = Mark.objects.get(user=member), Rating.objects.get(user=member), \
        MovieList.objects.get(owner=member)
    heat = rating.movie
    factors = UserFactors.objects.get(user=member)
    print("factors", bytes(factors.vector), factors.n_ratings)
    print(member.username, rating.stars, heat.n_ratings, mark.kind, own.entries.get().movie.title)
    client = Client(headers={"host": "localhost"})
    client.force_login(member)
    paths = ["/", heat.get_absolute_url(), "/me/ratings/", "/me/lists/", "/me/watchlist/"]
    print("pages", *[client.get(path).status_code for path in paths])
    Rating.objects.rate(bob, heat, 5)
    print("counted", Movie.objects.get(pk=heat.pk).n_ratings)
"""


def test_the_page_lists_every_release() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text()
    released = re.findall(r"^## (\d+\.\d+\.\d+) \((\S+)\)", changes, re.MULTILINE)
    assert [(release, day) for release, _tag, day, _tables in ROWS] == released[::-1]
    for release, tag, day, _tables in ROWS:
        assert tag == f"v{release}"
        assert date.fromisoformat(day)


@pytest.mark.slow  # all migrations there are, in a process of its own
def test_a_site_of_each_release_can_be_upgraded(run: Run) -> None:
    """One site that lived through all of them: the states are the same as if it had begun later."""
    script = ""
    for release, _tag, _day, tables in ROWS:
        targets = [tuple(target.split()) for target in tables.split(", ")]
        script += FILL.format(targets=targets, release=release, newest=release == ROWS[-1][0])
    found = run(script + migrate() + LOOK)
    assert "model True" in found
    for release, *_ in ROWS:
        assert f"member of {release} 4.0 1 watchlist Heat {release}" in found
    assert found.count("pages 200 200 200 200 200") == len(ROWS)
    assert found.count("counted 2") == len(ROWS)
    assert found.count("factors b'v' 2") == len(ROWS)
