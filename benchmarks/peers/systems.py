"""The libraries compared for accuracy: pinned packages and settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from peers.environments import Environment, Ours

RUNNERS = Path(__file__).resolve().parent / "runners"

OURS = Ours()
SURPRISE = Environment("surprise", ("scikit-surprise==1.1.5",))
CORNAC = Environment("cornac", ("cornac==3.0.1",))
IMPLICIT = Environment("implicit", ("implicit==0.7.3",))
LENSKIT = Environment("lenskit", ("torch==2.13.0", "lenskit==2025.8.1"))
MYFM = Environment("myfm", ("myfm==0.4.0",), before=("setuptools<80",))
FASTAI = Environment("fastai", ("torch==2.13.0", "fastai==2.8.12"))


@dataclass(frozen=True)
class System:
    """One row of the table: a library with one set of settings."""

    name: str
    environment: Environment | Ours
    runner: str
    setting: str
    about: str = ""
    is_slow: bool = False
    only_lists: bool = False
    has_lists: bool = True


SYSTEMS = (
    System("ours", OURS, "ours.py", "ours", "defaults of fit()"),
    System("biases only", OURS, "ours.py", "biases", "damped least squares"),
    System("popularity", OURS, "ours.py", "popularity", "most rated first", only_lists=True),
    System("EASE", OURS, "ours.py", "ease", "our own, ridge 300", only_lists=True),
    System("surprise-svd", SURPRISE, "surprise_svd.py", "svd", "defaults"),
    System("surprise-svd-tuned", SURPRISE, "surprise_svd.py", "svd-tuned", "100, 60 epochs, .1"),
    System("surprise-svdpp", SURPRISE, "surprise_svd.py", "svdpp", "defaults, cached"),
    System(
        "surprise-svdpp-tuned",
        *(SURPRISE, "surprise_svd.py", "svdpp-tuned", "50, 40 epochs, .07, cached"),
        is_slow=True,
    ),
    System("cornac-mf", CORNAC, "cornac_mf.py", "mf", "defaults"),
    System("cornac-mf-tuned", CORNAC, "cornac_mf.py", "mf-tuned", "100, 60 epochs, .1"),
    System("implicit-als", IMPLICIT, "implicit_als.py", "als", "defaults", only_lists=True),
    System(
        "implicit-als-tuned",
        *(IMPLICIT, "implicit_als.py", "als-tuned", "64 factors, 10, alpha 1"),
        only_lists=True,
    ),
    System("lenskit-mf", LENSKIT, "lenskit_mf.py", "mf", "defaults"),
    System("lenskit-mf-tuned", LENSKIT, "lenskit_mf.py", "mf-tuned", "50, 20 epochs, .1"),
    System("myfm", MYFM, "myfm_gibbs.py", "ids", "ids, rank 10, 300 draws", has_lists=False),
    System(
        "myfm-blocks",
        *(MYFM, "myfm_gibbs.py", "blocks", "implicit blocks, 10, 300"),
        is_slow=True,
        has_lists=False,
    ),
)
ON_REQUEST = (System("fastai", FASTAI, "fastai_collab.py", "book", "50, 5 epochs, book"),)
