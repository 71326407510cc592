"""The file broker of a site without Redis, for files as they are after a crash or a full disk.

kombu's own ends the worker, or keeps it from starting, when one file is empty or cut off. Here a
damaged file is set aside in a folder beside the queue, and work goes on: messages only wake the
worker, and what is to be done stands in the database.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.encoding import bytes_to_str
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)

SET_ASIDE = "damaged"  # the folder's name
KEPT = 20  # damaged files

# What reading a file raises that kombu did not write, or not to its end.
DAMAGE = (ValueError, TypeError, KeyError, AttributeError)


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: dict[str, Any], **_options: Any) -> None:
        """Write under another name first: a worker must not take half a message."""
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        path = Path(self.data_folder_out, name)
        unfinished = path.with_suffix(".new")
        try:
            unfinished.write_text(dumps(payload))
            unfinished.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise ChannelError(f"Cannot add file {name!r} to the queue") from error

    def _get(self, queue: str) -> dict[str, Any]:
        for path in self._messages(queue):
            if self._is_whole(path):
                break  # the first one, which is what kombu takes
        return super()._get(queue)

    def _messages(self, queue: str) -> Iterator[Path]:
        for name in sorted(os.listdir(self.data_folder_in)):
            if name.partition(".")[2] == f"{queue}.msg":
                yield Path(self.data_folder_in, name)

    def _is_whole(self, path: Path) -> bool:
        """Whether the worker can take this message; one that is damaged is set aside."""
        try:
            self.Message(loads(bytes_to_str(path.read_bytes())), channel=self)
        except FileNotFoundError:
            return False  # another worker has taken it
        except (*DAMAGE, OSError) as error:
            _set_aside(path, error)
            return False
        return True

    def get_table(self, exchange: str) -> list[Any]:
        self._check_table(exchange)
        return super().get_table(exchange)

    def _queue_bind(self, exchange: str, *binding: Any) -> None:
        self._check_table(exchange)
        super()._queue_bind(exchange, *binding)

    def _delete(self, queue: str, exchange: str, *binding: Any, **options: Any) -> None:
        self._check_table(exchange)
        super()._delete(queue, exchange, *binding, **options)

    def _check_table(self, exchange: str) -> None:
        """Set the exchange's table aside if it is damaged; workers write a new one."""
        path = self._exchange_file(exchange)
        try:
            with path.open("rb") as file:
                # Whoever writes a new table holds the lock while it is empty.
                filesystem.lock(file, filesystem.LOCK_SH)
                for row in loads(bytes_to_str(file.read())):
                    filesystem.exchange_queue_t(*row)
        except FileNotFoundError:
            return
        except (*DAMAGE, OSError) as error:
            _set_aside(path, error)


class Transport(filesystem.Transport):
    Channel = Channel


def _set_aside(path: Path, error: Exception) -> None:
    folder = path.parent.parent / SET_ASIDE
    try:
        folder.mkdir(exist_ok=True)
        path.replace(folder / path.name)
    except OSError as problem:
        logger.warning("Cannot set a damaged queue file aside: %s", problem)
        return
    logger.warning("Damaged queue file %s set aside in %s (%s)", path.name, folder, error)
    _keep_newest(folder)


def _keep_newest(folder: Path) -> None:
    with contextlib.suppress(OSError):
        old = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]
        for path in old:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
