"""Backups in a bucket, against a server that refuses what Amazon's refuses."""

import os
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from cfsite.operations.backups.backup import back_up
from cfsite.operations.backups.failures import BackupFailed
from cfsite.operations.backups.places import name_for, place
from cfsite.operations.models import Backup
from tests.s3_server import ACCESS_KEY, SECRET, Store, s3

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Store]:
    with s3() as store:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_ENDPOINT_URL", store.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        # Nobody's own configuration, and no question to a cloud's machine.
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield store


def test_there_and_back(store: Store, alice: User, picture: Path, settings: Any) -> None:
    settings.BACKUP_TO = "s3://films/club/site"
    made = back_up()
    assert list(store.objects) == [f"films/club/site/{made.name}"]
    alice.delete()
    call_command("restore", "s3://films/club/site", force=True, stdout=StringIO())
    assert User.objects.get().username == "alice"
    assert store.answers == []
    assert not list(settings.DATA_DIR.glob(".*")), "no drafts"


def test_old_ones_are_deleted_across_pages_of_the_list(
    store: Store, alice: User, data_dir: Path, settings: Any
) -> None:
    settings.BACKUP_TO, settings.BACKUP_KEEP = "s3://films", 2
    store.objects["films/holiday.jpg"] = b"not ours"
    made = [back_up().name for _ in range(4)]
    kept = {name.removeprefix("films/") for name in store.objects}
    assert kept == {"holiday.jpg", *made[2:]}
    assert Backup.objects.filter(deleted_at=None).count() == 2


def test_large_files_go_in_parts(store: Store, data_dir: Path) -> None:
    draft = data_dir / "large"
    draft.write_bytes(os.urandom(1 << 20) * 9)
    bucket = place("s3://films/club")
    name = name_for(timezone.now())
    bucket.put(draft, name)
    assert store.n_multipart == 1
    assert store.objects[f"films/club/{name}"] == draft.read_bytes()
    assert bucket.names() == [name]


def test_a_store_that_gives_back_something_else_is_found_out(
    store: Store, alice: User, data_dir: Path, settings: Any
) -> None:
    settings.BACKUP_TO = "s3://films"
    store.damages = True
    with pytest.raises(BackupFailed, match="did not give back what was uploaded"):
        back_up()
    assert store.objects == {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "wrong"}, "SignatureDoesNotMatch"),
        ({"AWS_ACCESS_KEY_ID": "wrong"}, "InvalidAccessKeyId"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "Could not connect"),
        ({"AWS_ENDPOINT_URL": "nonsense"}, "not valid"),
    ],
)
def test_what_is_wrong_with_the_bucket_is_told(
    store: Store,
    alice: User,
    data_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, str],
    said: str,
) -> None:
    for name, value in change.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(CommandError, match=said) as caught:
        call_command("backup", to="s3://films/x")
    assert SECRET not in str(caught.value)
    assert said in Backup.objects.get().error


def test_a_bucket_that_does_not_exist(store: Store, alice: User, data_dir: Path) -> None:
    with pytest.raises(CommandError, match="NoSuchBucket"):
        call_command("backup", to="s3://theatre")
    with pytest.raises(CommandError, match="NoSuchKey"):
        call_command("restore", f"s3://films/{name_for(timezone.now())}")


def test_without_boto3_the_way_to_it_is_told(
    data_dir: Path, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(CommandError, match=r"pip install -r requirements-s3\.txt"):
        call_command("backup", to="s3://films")
