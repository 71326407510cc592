"""What a run says of taste, as a row."""

from __future__ import annotations

from django.db import models


class TasteMap(models.Model):
    """What a run says of taste on this site: its axes, where movies stand on them, and habits.

    Apart from the run, which every request reads. Written by survey.py, read by atlas.py; web
    processes work nothing of it out.
    """

    run = models.OneToOneField(
        "recommender.TrainingRun", models.CASCADE, primary_key=True, related_name="taste_map"
    )
    content = models.JSONField()
    # The picture that this one was turned onto, for the next to be turned onto as well: turned
    # onto the last one each time, axes walk away in small steps. Pages do not read it.
    anchor = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return f"run {self.run_id}"
