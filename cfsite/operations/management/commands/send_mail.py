"""manage.py send_mail: send the mail that waits, on a site without a worker."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cfsite.operations.mail import outbox
from cfsite.operations.models import OutgoingMail


class Command(BaseCommand):
    help = "Send the mail that is waiting, as the worker does twice a minute."

    def handle(self, **options: Any) -> None:
        if not settings.EMAIL_DELIVERY_BACKEND:
            self.stdout.write("Without a mail server in EMAIL_URL, no mail waits.")
            return
        done = outbox.send_due()
        self.stdout.write(f"{done.sent} sent, {OutgoingMail.objects.count()} not sent.")
        if done.problem:
            raise CommandError(f"The mail server cannot be used: {done.problem}")
