"""Work that one process of all hosts does: who that is."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cfsite.lib.queue.worker_claims import is_dead, this_process


class LeaseQuerySet(models.QuerySet["Lease"]):
    def take(self, name: str) -> bool:
        """Have or keep the lease; False if a living process has it. Call it again every so often.

        Of several that find its holder dead, the one whose update comes first has it.
        """
        me = this_process()
        lease, _was_made = self.get_or_create(name=name)
        if lease.worker != me and not is_dead(lease):
            return False
        unchanged = self.filter(pk=lease.pk, worker=lease.worker, heartbeat_at=lease.heartbeat_at)
        return bool(unchanged.update(worker=me, heartbeat_at=timezone.now()))

    def give_back(self, name: str) -> None:
        self.filter(name=name, worker=this_process()).update(worker="", heartbeat_at=None)


class Lease(models.Model):
    """Held by the process `worker` as long as that lives and says so."""

    name = models.CharField(_("of what"), max_length=100, unique=True)
    worker = models.CharField(_("process"), max_length=255, default="")
    heartbeat_at = models.DateTimeField(_("last heard of"), null=True)

    objects = LeaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("lease")
        verbose_name_plural = _("leases")

    def __str__(self) -> str:
        return self.name
