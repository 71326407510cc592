"""How often the settings last wanted a task to run."""

from __future__ import annotations

from django.db import models


class ScheduleSeed(models.Model):
    """What beat last took over from the settings, so that it can tell an edit in the admin (which
    stays) from a change of the settings (which counts).
    """

    name = models.CharField(max_length=200, primary_key=True)
    task = models.CharField(max_length=200)
    seconds = models.FloatField()

    def __str__(self) -> str:
        return self.name
