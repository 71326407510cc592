"""What comes back is what was there, or nothing is changed."""

import gzip
import io
import json
import shutil
import tarfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.models import User
from cfsite.operations.backups import archive, contents
from cfsite.operations.backups.backup import DATABASES, back_up
from cfsite.operations.backups.contents import Tables
from movies.models import Mark, Movie, MovieList, Rating
from movies.models.triggers import rating_counts

pytestmark = pytest.mark.django_db(transaction=True)

MakeRating = Callable[..., Rating]
Look = Callable[[], Tables]


@pytest.fixture
def backed_up(alice: User, make_rating: MakeRating, picture: Path, settings: Any) -> Path:
    """The file of a backup of a small site."""
    rating_counts.install(connection)
    movie = make_rating(alice, stars=4.5).movie
    Mark.objects.create(user=alice, movie=movie, kind=Mark.Kind.WATCHLIST)
    MovieList.objects.create(owner=alice, name="Best of all")
    (settings.DATA_DIR / "secret_key").write_text(settings.SECRET_KEY)
    made = back_up()
    return Path(made.place) / made.name


def restore(*arguments: Any, **options: Any) -> str:
    out = StringIO()
    call_command("restore", *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def rewrite(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """The same backup with another manifest."""
    content = io.BytesIO()
    with tarfile.open(path) as old, tarfile.open(fileobj=content, mode="w:gz") as new:
        for info in old:
            body = old.extractfile(info).read()
            if info.name == archive.MANIFEST:
                manifest = json.loads(body)
                change(manifest)
                body = json.dumps(manifest).encode()
                info.size = len(body)
            new.addfile(info, io.BytesIO(body))
    path.write_bytes(content.getvalue())


def test_everything_comes_back(
    backed_up: Path, alice: User, picture: Path, tables: Look, settings: Any
) -> None:
    before = tables()
    del before["operations_backup"]  # written when the backup was there
    Rating.objects.all().delete()
    User.objects.create_user("mallory")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE a_later_table (id integer)")
    picture.write_bytes(b"another picture")
    picture.with_name("2-240.webp").write_bytes(b"a new one")
    key_file = settings.DATA_DIR / "secret_key"
    key_file.write_text("x" * 60)
    said = restore(backed_up, force=True)
    assert "1 accounts, 1 movies, 1 ratings" in said
    after = tables()
    del after["operations_backup"]
    assert contents.difference(before, after) == ""
    assert picture.read_bytes() == b"a picture"
    assert not picture.with_name("2-240.webp").exists()
    assert key_file.read_text() == settings.SECRET_KEY
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in settings.DATA_DIR.iterdir()) == [
        *("backup.lock", "backups", "media", "secret_key")
    ]


def test_the_restored_site_serves_counts_and_gives_new_ids(
    backed_up: Path, make_rating: MakeRating
) -> None:
    for _ in range(3):
        User.objects.create_user(f"guest{_}")
    restore(backed_up, force=True)
    client = Client()
    assert client.login(username="alice", password="a good password 1")
    assert "Best of all" in client.get("/me/lists/").content.decode()
    movie = Movie.objects.get()
    assert (movie.n_ratings, movie.half_star_sum) == (1, 9)
    bob = User.objects.create_user("bob")  # an id that no row has
    make_rating(bob, movie, 3.0)
    movie.refresh_from_db()
    assert (movie.n_ratings, movie.half_star_sum) == (2, 15), "the triggers are there"
    assert client.get(movie.get_absolute_url()).status_code == 200


def test_into_an_empty_database(
    backed_up: Path, tables: Look, picture: Path, settings: Any
) -> None:
    expected = archive.unpack(backed_up, settings.DATA_DIR / "look").tables
    shutil.rmtree(settings.DATA_DIR / "look")
    shutil.rmtree(picture.parent)
    empty_database()
    said = restore(backed_up)
    assert "Restored." in said
    assert contents.difference(expected, tables()) == ""
    assert picture.read_bytes() == b"a picture"


def empty_database() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            return
        cursor.execute("PRAGMA foreign_keys = OFF")
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'DROP TABLE "{name}"')
        cursor.execute("PRAGMA foreign_keys = ON")


def test_a_folder_means_its_newest_backup(backed_up: Path, settings: Any) -> None:
    assert backed_up.name in restore(check=True)
    newer = back_up()
    assert newer.name in restore(settings.BACKUP_TO, check=True)
    with pytest.raises(CommandError, match="There is no backup in"):
        restore(settings.MEDIA_ROOT)


def test_a_site_with_people_is_not_replaced_unasked(
    backed_up: Path, tables: Look, alice: User
) -> None:
    before = tables()
    with pytest.raises(CommandError, match=r"not empty \(1 users, 1 movies, 1 ratings, 1 files"):
        restore(backed_up)
    assert tables() == before
    said = restore(backed_up, check=True)
    assert "It is whole" in said
    assert "needs --force" in said
    assert tables() == before


@pytest.mark.parametrize("check", [True, False])
def test_damaged_files_change_nothing(backed_up: Path, tables: Look, check: bool) -> None:
    before, content = tables(), backed_up.read_bytes()
    damaged = {
        "cut off": content[: len(content) // 2],
        "a bit flipped": content[:2000] + bytes([content[2000] ^ 1]) + content[2001:],
        "without its end": gzip.compress(gzip.decompress(content)[:10240]),
        "no backup": b"PK\x03\x04",
        "empty": b"",
    }
    for how, changed in damaged.items():
        backed_up.write_bytes(changed)
        with pytest.raises(CommandError, match=r"damaged|manifest|no backup"):
            restore(backed_up, force=True, check=check)
        assert tables() == before, how


def test_rows_that_the_manifest_does_not_count_are_noticed(backed_up: Path) -> None:
    def change(manifest: dict[str, Any]) -> None:
        manifest["tables"]["movies_rating"]["rows"] = 2

    rewrite(backed_up, change)
    with pytest.raises(CommandError, match=r"movies_rating \(2 rows .* expected, 1 rows"):
        restore(backed_up, force=True)


def test_members_outside_the_folder_are_refused(backed_up: Path, tmp_path: Path) -> None:
    for name in ("../outside", "/tmp/outside", "media/../../outside"):
        with tarfile.open(backed_up, "w:gz") as tar:
            tar.addfile(tarfile.TarInfo(name), io.BytesIO())
        with pytest.raises(CommandError, match="does not belong"):
            restore(backed_up, force=True)
    with tarfile.open(backed_up, "w:gz") as tar:
        link = tarfile.TarInfo("media/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(link)
    with pytest.raises(CommandError, match="does not belong"):
        restore(backed_up, force=True)


def test_another_database_or_a_newer_version_is_refused_with_a_way_out(
    backed_up: Path, tables: Look
) -> None:
    before, original = tables(), backed_up.read_bytes()
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    rewrite(backed_up, lambda manifest: manifest.update(vendor=other))
    with pytest.raises(CommandError, match="Let DATABASE_URL name an empty database"):
        restore(backed_up, force=True)
    backed_up.write_bytes(original)
    rewrite(backed_up, lambda manifest: manifest["migrations"].append("movies.0999_of_later"))
    with pytest.raises(CommandError, match=r"newer version .*movies\.0999_of_later"):
        restore(backed_up, force=True)
    backed_up.write_bytes(original)
    rewrite(backed_up, lambda manifest: manifest.update(format=2))
    with pytest.raises(CommandError, match="newer version"):
        restore(backed_up, force=True)
    assert tables() == before


def test_a_key_of_the_environment_that_differs_is_named(
    backed_up: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setenv("CFSITE_SECRET_KEY", "x" * 60)
    assert "Remove that variable" in restore(backed_up, force=True)
    assert (settings.DATA_DIR / "secret_key").read_text() == settings.SECRET_KEY


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="one transaction of psql")
def test_a_dump_that_breaks_off_leaves_the_database_as_it_was(
    backed_up: Path, tables: Look, tmp_path: Path
) -> None:
    database = DATABASES["postgresql"]
    archive.unpack(backed_up, tmp_path / "unpacked")
    dump = tmp_path / "unpacked" / database.MEMBER
    dump.write_bytes(dump.read_bytes()[:-20_000])
    before = tables()
    with pytest.raises(Exception, match="the database is as it was"):
        database.restore(dump)
    assert tables() == before
