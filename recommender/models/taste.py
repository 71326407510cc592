"""The taste map of a run."""

from __future__ import annotations

from django.db import models


class TasteMap(models.Model):
    """Axes of taste, places of movies on them, and statistics of all users' ratings.

    A table of its own, since every request reads the run. Written by taste/map_builder.py at the
    end of a refit and read by taste/map.py.
    """

    run = models.OneToOneField(
        "recommender.TrainingRun", models.CASCADE, primary_key=True, related_name="taste_map"
    )
    content = models.JSONField()
    # The map to which this one was aligned; the next one is aligned to it too. Aligned to the
    # previous map each time, the axes would drift. Pages do not read it.
    anchor = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return f"run {self.run_id}"
