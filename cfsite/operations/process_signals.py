"""What Celery's processes do beside their tasks: heartbeats and the look for trouble."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery.signals import (
    beat_init,
    task_failure,
    task_prerun,
    worker_ready,
)
from django.utils import timezone

from cfsite.operations import heartbeats, server_errors
from cfsite.operations.alerts import watch
from cfsite.operations.heartbeats import EVERY, GONE_AFTER, Pulse
from cfsite.operations.request_log import set_request_id

LOOK_EVERY = 60.0


@worker_ready.connect
def start_pulse_of_worker(sender: Any, **named: Any) -> None:
    queues = sender.task_consumer.queues if sender.task_consumer else ()
    names = [heartbeats.worker_name(queue.name) for queue in queues]
    # A daemon thread, never stopped: a worker that is told to end finishes its task first.
    Pulse((EVERY, lambda: heartbeats.beat(names)), (LOOK_EVERY, _after_a_while())).start()


@beat_init.connect
def start_watch_of_beat(sender: Any, **named: Any) -> None:
    Pulse((LOOK_EVERY, _after_a_while())).start()


def _after_a_while() -> Callable[[], None]:
    """The look for trouble, once the processes that start along with this one had their time."""
    starts = timezone.now() + GONE_AFTER

    def look() -> None:
        if timezone.now() >= starts:
            watch.look()

    return look


@task_prerun.connect
def name_task_in_log(task_id: str, **named: Any) -> None:
    """The child ends with its task, and takes the id along."""
    set_request_id(task_id)


@task_failure.connect
def count_failure(sender: Any, exception: BaseException, task_id: str, **named: Any) -> None:
    server_errors.count(sender.name, exception, task_id)
