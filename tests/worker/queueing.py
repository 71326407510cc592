"""Tasks sent to a real worker over its own file broker, without a process that sends them."""

from __future__ import annotations

from pathlib import Path

from celery import Task
from kombu import Connection


def send(task: Task, data_dir: Path) -> None:
    messages = str(data_dir / "queue" / "messages")
    options = {"data_folder_in": messages, "data_folder_out": messages}
    options["control_folder"] = str(data_dir / "queue" / "control")
    with Connection("files://localhost//", transport_options=options) as connection:
        task.apply_async(connection=connection)
