"""The file broker with files that a crash or a full disk has left."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection, Exchange, Queue

from cfsite.lib.queue import file_queue

WHOLE = json.dumps(
    {
        "body": "e30=",
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {},
        "properties": {"delivery_tag": "1", "body_encoding": "base64", "delivery_info": {}},
    }
)
DAMAGES = {
    "empty": b"",
    "cut off": WHOLE[:40].encode(),
    "zeros": bytes(4096),
    "not text": b"\xff\xfe\x00",
    "another kind": b"[1, 2]",
    "null": b"null",
    "no properties": b"{}",
    "no tag": b'{"properties": {}}',
    "a body that is no base64": WHOLE.replace("e30=", "e").encode(),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "messages").mkdir()
    (tmp_path / "control").mkdir()
    return tmp_path


@pytest.fixture
def channel(folder: Path) -> Iterator[file_queue.Channel]:
    options = {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
    }
    file_queue.Transport.global_state.clear()  # bindings of the test before
    with Connection("files://localhost//", transport_options=options) as connection:
        yield connection.channel()


def damage(folder: Path, content: bytes, name: str = "0_x.celery.msg") -> Path:
    path = folder / "messages" / name
    path.write_bytes(content)
    return path


def test_it_works(channel: file_queue.Channel, folder: Path) -> None:
    channel._put("celery", {"number": 1, **json.loads(WHOLE)})
    channel._put("other", {"number": 2, **json.loads(WHOLE)})
    assert channel._get("celery")["number"] == 1
    with pytest.raises(Empty):
        channel._get("celery")
    assert channel._get("other")["number"] == 2
    assert list((folder / "messages").iterdir()) == []


@pytest.mark.parametrize("content", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_message_is_set_aside_and_the_next_is_taken(
    channel: file_queue.Channel, folder: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    damaged = damage(folder, content)
    channel._put("celery", json.loads(WHOLE))
    with caplog.at_level(logging.WARNING):
        assert channel._get("celery")["properties"]["delivery_tag"] == "1"
    assert (folder / "damaged" / damaged.name).read_bytes() == content
    assert damaged.name in caplog.text


def test_damaged_messages_alone_are_an_empty_queue(
    channel: file_queue.Channel, folder: Path
) -> None:
    for number in range(file_queue.KEPT + 5):
        damage(folder, b"", f"{number}_x.celery.msg")
    (folder / "messages" / "0_folder.celery.msg").mkdir()
    with pytest.raises(Empty):
        channel._get("celery")
    assert list((folder / "messages").iterdir()) == []
    assert len(list((folder / "damaged").iterdir())) == file_queue.KEPT


def test_a_message_half_written_is_not_taken(
    channel: file_queue.Channel, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def looking(self: Path, target: Path) -> None:
        seen.append(channel._size("celery"))
        with pytest.raises(Empty):
            channel._get("celery")

    monkeypatch.setattr(Path, "replace", looking)
    channel._put("celery", json.loads(WHOLE))
    assert seen == [0]


@pytest.mark.parametrize("content", [b"", b"[[", b"null", b"[1]", b'[["a", "b"]]'])
def test_a_damaged_table_keeps_nobody_from_starting(
    channel: file_queue.Channel, folder: Path, content: bytes
) -> None:
    path = folder / "control" / "pidbox.exchange"
    path.write_bytes(content)
    assert channel.get_table("pidbox") == []
    path.write_bytes(content)
    Queue("worker", Exchange("pidbox", type="fanout"))(channel).declare()
    assert [row.queue for row in channel.get_table("pidbox")] == ["worker"]
    assert (folder / "damaged" / "pidbox.exchange").exists()


@pytest.mark.parametrize("content", [b"", WHOLE[:40].encode()])
def test_kombus_own_would_fail(channel: file_queue.Channel, folder: Path, content: bytes) -> None:
    """The control."""
    damage(folder, content)
    with pytest.raises(ValueError):
        super(file_queue.Channel, channel)._get("celery")
