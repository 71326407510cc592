"""Celery tasks of the catalogue, its facts, and of personal imports."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from celery import shared_task

from movies import published_figures
from movies.catalogue_care import merging
from movies.facts import erasing, fetching
from movies.facts.built_in import loading as built_in_facts
from movies.facts.sources import SOURCES
from movies.models import CatalogueChange, PersonalImport
from movies.my_imports import lifecycle, reading
from movies.posters.tmdb_fetch import fetch_due
from movies.sync import forgetting
from movies.watching import library, offers

MAX_POSTERS_PER_RUN = 500
# The worker does one thing at a time: a round leaves room for refits and imports.
MAX_FACTS_PER_ROUND, SECONDS_PER_ROUND = 2000, 30


@shared_task
def fetch_posters() -> dict[str, Any]:
    return asdict(fetch_due(MAX_POSTERS_PER_RUN))


@shared_task
def fetch_facts() -> dict[str, Any]:
    """Built-in facts after an edit of the catalogue, then a round of each source that is on."""
    done: dict[str, Any] = {"built_in": dict(built_in_facts.load_if_changed())}
    for name, source in SOURCES.items():
        done[str(name)] = asdict(fetching.fetch_due(source, MAX_FACTS_PER_ROUND, SECONDS_PER_ROUND))
    return done


@shared_task
def erase_expired_facts() -> dict[str, int]:
    return {"erased": erasing.erase_expired()}


@shared_task
def fetch_offers() -> dict[str, Any]:
    """Where movies can be watched; erases what was not fetched for too long."""
    erased = offers.erase_expired()
    return {**asdict(offers.fetch_due(MAX_FACTS_PER_ROUND, SECONDS_PER_ROUND)), "erased": erased}


@shared_task
def read_library() -> dict[str, Any]:
    """What the house owns, from Jellyfin; the admin shows a problem."""
    try:
        read = library.read_jellyfin()
    except library.LibraryError as error:
        return {"stopped": str(error)}
    return {"listed": read.n_listed, "not_matched": read.n_unmatched}


@shared_task
def publish_figures() -> dict[str, int]:
    return {"published": published_figures.publish_due()}


@shared_task
def look_after_merges() -> dict[str, int]:
    """Move what came too late, and forget what undo needed."""
    moved = merging.move_late_rows()
    return {"moved": moved, "forgotten": merging.forget_what_undo_needed()}


@shared_task
def run_import(pk: int) -> dict[str, Any]:
    """Do one import, as soon as it is started."""
    found = PersonalImport.objects.defer("table").filter(pk=pk).first()
    return {"finished": bool(found and lifecycle.run(found))}


@shared_task
def run_due_imports() -> dict[str, Any]:
    """Do the imports of lost messages and of workers that died."""
    return {"finished": sum(lifecycle.run(one) for one in lifecycle.due())}


@shared_task
def forget_old_imports() -> dict[str, int]:
    return {"forgotten": reading.forget_old()}


@shared_task
def forget_old_changes() -> dict[str, int]:
    """What apps and web processes no longer need to stay in step."""
    return {
        "changes": forgetting.forget_old_changes(),
        "answers": forgetting.forget_old_answers(),
        "catalogue": CatalogueChange.objects.forget(),
    }
