"""Mail that is on its way.

Rows are deleted when their mail is sent. What cannot be sent is kept for the operator to see, its
content only for as long as it is of use: it may hold a link that sets a password.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from email.utils import formatdate, make_msgid
from typing import Self

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.utils import DNS_NAME
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

ATTEMPTS = 10  # within about four hours
WORRYING_ATTEMPTS = 3  # after about seven minutes
LONGEST_WAIT = timedelta(hours=1)  # between two attempts
# Nobody sends a mail for longer than this; after it, its sender is taken for dead.
LEASE = timedelta(minutes=5)
CONTENT_KEPT = timedelta(days=1)
KEPT = timedelta(days=14)

_PARTS = ("subject", "body", "from_email", "to", "cc", "bcc", "reply_to")


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def due(self) -> Self:
        return self.filter(next_attempt_at__lte=timezone.now()).order_by("next_attempt_at", "pk")

    def given_up(self) -> Self:
        return self.filter(next_attempt_at=None)

    def failing(self) -> Self:
        """Mail of the last day that failed again and again; one failure is nothing."""
        since = timezone.now() - timedelta(days=1)
        return self.filter(created_at__gte=since, attempts__gte=WORRYING_ATTEMPTS).exclude(error="")

    def claim(self) -> OutgoingMail | None:
        """The next mail that is due, for this process alone; it counts as an attempt."""
        while mail := self.due().first():
            ours = self.filter(pk=mail.pk, next_attempt_at=mail.next_attempt_at)
            if ours.update(next_attempt_at=timezone.now() + LEASE, attempts=F("attempts") + 1):
                mail.attempts += 1
                return mail
        return None

    def send_again(self) -> int:
        """Make these due, if their content is left; how many that are."""
        return self.filter(content__isnull=False).update(
            next_attempt_at=timezone.now(), attempts=0, error=""
        )

    def forget_old(self) -> None:
        now = timezone.now()
        self.filter(created_at__lt=now - KEPT).delete()
        old = self.filter(created_at__lt=now - CONTENT_KEPT, content__isnull=False)
        old.update(content=None, next_attempt_at=None)

    def forget(self, addresses: Iterable[str]) -> None:
        """Delete the mail to these addresses."""
        ours = {address.lower() for address in addresses if address}
        rows = self.values_list("pk", "recipients").iterator()
        self.filter(
            pk__in=[pk for pk, to in rows if ours.intersection(map(str.lower, to))]
        ).delete()


class OutgoingMail(models.Model):
    recipients = models.JSONField(_("recipients"))
    subject = models.CharField(_("subject"), max_length=200)
    content = models.JSONField(_("content"), null=True)
    created_at = models.DateTimeField(_("written"), default=timezone.now, db_index=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(
        _("next attempt"), null=True, default=timezone.now, db_index=True
    )
    error = models.TextField(_("error"), blank=True, default="")

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("unsent mail")
        verbose_name_plural = _("unsent mail")

    def __str__(self) -> str:
        return self.subject

    @classmethod
    def of(cls, message: EmailMessage) -> Self:
        """A row for this message, not yet saved.

        Raises:
            NotImplementedError: It has attachments, which nothing here sends.
        """
        if message.attachments:
            raise NotImplementedError("mail with attachments")
        content = {name: getattr(message, name) for name in _PARTS}
        # A second attempt is the same mail, so that a mailbox can tell.
        sent = {"Date": formatdate(localtime=True), "Message-ID": make_msgid(domain=str(DNS_NAME))}
        content |= {"subject": str(message.subject), "body": str(message.body)}
        content["headers"] = {**sent, **message.extra_headers}
        content["content_subtype"] = message.content_subtype
        content["alternatives"] = [list(part) for part in getattr(message, "alternatives", [])]
        subject = " ".join(content["subject"].split())
        return cls(recipients=message.recipients(), subject=subject[:200], content=content)

    def message(self) -> EmailMessage:
        """The mail itself.

        Raises:
            ValueError: Its content has been deleted.
        """
        if self.content is None:
            raise ValueError("the content of this mail has been deleted")
        stored = dict(self.content)
        subtype = stored.pop("content_subtype")
        message = EmailMultiAlternatives(**stored)
        message.content_subtype = subtype
        return message

    def postpone(self, error: Exception, *, for_good: bool = False) -> None:
        """Wait twice as long as before the last attempt, or give up."""
        wait = min(timedelta(minutes=2 ** (self.attempts - 1)), LONGEST_WAIT)
        is_over = for_good or self.attempts >= ATTEMPTS
        self.next_attempt_at = None if is_over else timezone.now() + wait
        self.error = f"{type(error).__name__}: {error}"[:1000]
        OutgoingMail.objects.filter(pk=self.pk).update(
            next_attempt_at=self.next_attempt_at, error=self.error
        )
