"""Models of operations; import them from here."""

from cfsite.operations.models.alert import Alert, AlertMessage
from cfsite.operations.models.backup import Backup
from cfsite.operations.models.heartbeat import Heartbeat
from cfsite.operations.models.lease import Lease
from cfsite.operations.models.list_use import ListUse
from cfsite.operations.models.outgoing_mail import OutgoingMail
from cfsite.operations.models.schedule_seed import ScheduleSeed
from cfsite.operations.models.server_error import ServerError

__all__ = [
    "Alert",
    "AlertMessage",
    "Backup",
    "Heartbeat",
    "Lease",
    "ListUse",
    "OutgoingMail",
    "ScheduleSeed",
    "ServerError",
]
