"""The site that loses something."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.test import Client

from accounts.models import User
from movies.models import Movie, Rating

ROOT = Path(__file__).parents[2]


@dataclass
class Site:
    """A site in a folder of its own, with one rating of Alice's."""

    folder: Path
    settings: Any
    alice: User
    movie: Movie

    def rate(self, stars: float = 2.0) -> None:
        """As a member does, in the browser."""
        client = Client()
        client.force_login(self.alice)
        answer = client.post(f"/movies/{self.movie.pk}/rate/", {"stars": stars})
        assert answer.status_code in {200, 302}
        assert Rating.objects.get(user=self.alice, movie=self.movie).stars == stars

    def run(self, script: str) -> str:
        """A process of the site."""
        environment = {**os.environ, "CFSITE_DATA_DIR": str(self.folder)}
        command = [sys.executable, "-c", script]
        return subprocess.run(
            command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
