"""Models of what the operator watches and keeps."""

from cfsite.operations.models.outgoing_mail import OutgoingMail

__all__ = ["OutgoingMail"]
