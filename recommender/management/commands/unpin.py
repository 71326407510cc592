"""manage.py unpin: let the newest run go live again."""

from typing import Any

from django.core.management.base import BaseCommand

from recommender.model_room import control


class Command(BaseCommand):
    help = "Let the newest run go live, and later ones by themselves."

    def handle(self, **options: Any) -> None:
        was = control.pinned()
        live = control.unpin()
        self.stdout.write(f"Run {was.pk} is no longer pinned." if was else "No run was pinned.")
        if live:
            self.stdout.write(f"Run {live.pk} is live.")
