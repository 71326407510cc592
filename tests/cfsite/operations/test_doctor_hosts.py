"""What the doctor says of a site on several hosts."""

from typing import Any

from cfsite.operations.doctor import running
from cfsite.operations.models import Heartbeat


def test_hosts_that_do_not_say_that_they_are_several(db: None, settings: Any) -> None:
    Heartbeat.objects.beat("worker", "work1", 1)
    assert not list(running.hosts())
    Heartbeat.objects.beat("worker", "work2", 1)
    (finding,) = running.hosts()
    assert (finding.status, "work1, work2" in finding.message) == ("warning", True)
    settings.SEVERAL_HOSTS = True
    assert not list(running.hosts())
