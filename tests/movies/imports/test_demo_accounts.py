"""The accounts of the demo: one with a history, one new, the operator."""

from __future__ import annotations

import re
import stat
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from movies.imports.demo import demo_movies
from movies.imports.demo.member import FILE, N_RATED, N_VIEWINGS, N_WATCHLIST
from movies.models import Mark, Movie, Rating, Viewing


@pytest.fixture
def data(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def catalogue(db: None) -> None:
    Movie.objects.bulk_create(
        Movie(title=line.movie.title, year=line.movie.year) for line in demo_movies()
    )


def create() -> str:
    out = StringIO()
    call_command("create_demo_accounts", stdout=out)
    return out.getvalue()


def test_it_works(data: Path, catalogue: None) -> None:
    assert str(data / "demo-logins.txt") in create()
    logins = data / "demo-logins.txt"
    assert stat.S_IMODE(logins.stat().st_mode) == 0o600
    passwords = dict(line.split() for line in logins.read_text().splitlines())
    assert list(passwords) == ["member", "newcomer", "operator"]
    for name, password in passwords.items():
        user = User.objects.get(username=name)
        assert user.check_password(password)
        assert user.is_superuser == user.is_staff == (name == "operator")


def test_the_member_has_a_history_and_nobody_else_has(data: Path, catalogue: None) -> None:
    create()
    member = User.objects.get(username="member")
    ratings = Rating.objects.of(member)
    assert (ratings.count(), Rating.objects.count()) == (N_RATED, N_RATED)
    assert ratings.filter(half_stars__gte=8).count() > 20
    assert ratings.filter(half_stars__lte=5).count() >= 6
    diary = Viewing.objects.of(member)
    assert (diary.count(), Viewing.objects.count()) == (N_VIEWINGS, N_VIEWINGS)
    assert diary.exclude(note="").exists()
    today = timezone.localdate()
    assert all(today - timedelta(150) < one.watched_on < today for one in diary)
    watchlist = Mark.objects.filter(user=member)
    assert set(watchlist.values_list("kind", flat=True)) == {Mark.Kind.WATCHLIST}
    assert watchlist.count() == Mark.objects.count() == N_WATCHLIST
    rated = set(ratings.values_list("movie", flat=True))
    assert rated.isdisjoint(watchlist.values_list("movie", flat=True))


def test_its_taste_holds_together(data: Path, catalogue: None) -> None:
    """Crime and science fiction above romance, by more than a star."""
    genres = {line.movie.title: line.movie.genres for line in demo_movies()}
    create()
    liked, disliked = [], []
    for rating in Rating.objects.select_related("movie"):
        own = set(genres[rating.movie.title])
        if own & {"Crime", "Film-Noir"}:
            liked.append(rating.stars)
        elif "Romance" in own:
            disliked.append(rating.stars)
    assert min(len(liked), len(disliked)) >= 5
    assert sum(liked) / len(liked) > sum(disliked) / len(disliked) + 1


def test_again_it_changes_nothing(data: Path, catalogue: None) -> None:
    create()
    before = (data / "demo-logins.txt").read_text(), list(User.objects.values().order_by("pk"))
    member = User.objects.get(username="member")
    Rating.objects.of(member).all().delete()
    create()
    assert ((data / "demo-logins.txt").read_text(), list(User.objects.values().order_by("pk"))) == (
        before
    )
    assert not Rating.objects.exists(), "the member's own doing stays"


def test_a_site_that_is_no_demo_is_left_alone(data: Path, catalogue: None, alice: User) -> None:
    assert "none were created" in create()
    assert User.objects.get() == alice
    assert not (data / "demo-logins.txt").exists()


def test_neither_is_another_site_with_the_same_names(data: Path, catalogue: None) -> None:
    """The logins of a demo lie in the folder, but the database is somebody else's."""
    User.objects.create_superuser("operator", password="quite another 1")
    (data / "demo-logins.txt").write_text("operator   secret\n")
    create()
    assert User.objects.get().username == "operator"
    assert not Rating.objects.exists()


def test_a_demo_of_before_gets_what_is_new(data: Path, catalogue: None, make_user: Any) -> None:
    """Also where visitors have signed up."""
    create()
    make_user("visitor")
    User.objects.filter(username="newcomer").delete()
    create()
    assert User.objects.filter(username="newcomer").exists()
    lines = (data / "demo-logins.txt").read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["member", "newcomer", "operator", "newcomer"]


def test_raters_of_a_data_set_make_no_site_of_its_own(data: Path, catalogue: None) -> None:
    User.objects.create(username="set:1", is_dataset_member=True, is_active=False)
    create()
    assert User.objects.filter(is_dataset_member=False).count() == 3


def test_a_catalogue_without_these_movies_is_no_reason_to_fail(data: Path, db: None) -> None:
    Movie.objects.create(title="Fargo", year=1997)
    Movie.objects.create(title="Fargo", year=2014)
    Movie.objects.create(title="Alien")
    create()
    assert list(Rating.objects.values_list("movie__year", flat=True)) == [1997]


def test_every_line_is_a_movie_once() -> None:
    lines = FILE.read_text().splitlines()[1:]
    titles = [re.split(r",\d{4},", line)[0] for line in lines]
    assert len(set(titles)) == len(titles)
