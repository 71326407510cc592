"""What a surviving movie takes over from the one merged into it, and gives back at undo.

Its own facts stand; what it lacks is filled in.
"""

from __future__ import annotations

from typing import Any

from movies.catalogue_care.movie_rows import as_json, from_json
from movies.models import AlternativeTitle, Credit, Movie, TmdbPoster

COLUMNS = (
    *("original_title", "year", "description", "runtime", "countries", "languages"),
    *("imdb_id", "tmdb_id", "wikidata_id", "poster_file"),
)
# No two movies have the same: it moves instead of being copied.
UNIQUE_COLUMNS = ("movielens_id", "catalogue_key")
MOVED_COLUMNS = (*UNIQUE_COLUMNS, "poster_file")
BLANK = (None, "")

Changes = dict[str, list[Any]]  # column: [before, after]


def take_over(survivor: Movie, merged: Movie) -> dict[str, Any]:
    """Fill in what the survivor lacks. Returns what `give_back` needs."""
    return {
        "columns": _fill_columns(survivor, merged),
        "genres": _take_genres(survivor, merged),
        "credits": _take_credits(survivor, merged),
        "titles": _take_titles(survivor, merged),
        "tmdb_poster": _take_tmdb_poster(survivor, merged),
    }


def give_back(survivor: Movie, merged: Movie, taken: dict[str, Any]) -> None:
    """Undo `take_over`, except what was edited since."""
    own, of_merged = taken["columns"]["survivor"], dict(taken["columns"]["merged"])
    if "poster_file" in own and survivor.poster_file != own["poster_file"][1]:
        del of_merged["poster_file"]  # replaced since, and its files are gone
    # In this order: a unique number leaves the survivor before it returns.
    _restore(survivor, own)
    _restore(merged, of_merged)
    survivor.genres.remove(*taken["genres"])
    Credit.objects.filter(pk__in=taken["credits"], movie=survivor).update(movie=merged)
    AlternativeTitle.objects.filter(pk__in=taken["titles"]["moved"], movie=survivor).update(
        movie=merged
    )
    AlternativeTitle.objects.filter(pk__in=taken["titles"]["made"], movie=survivor).delete()
    _give_tmdb_poster_back(survivor, merged, taken["tmdb_poster"])


def _fill_columns(survivor: Movie, merged: Movie) -> dict[str, Changes]:
    filled: Changes = {}
    emptied: Changes = {}
    sources = dict(survivor.fact_sources)
    for name in (*COLUMNS, *UNIQUE_COLUMNS):
        value = getattr(merged, name)
        if getattr(survivor, name) not in BLANK or value in BLANK:
            continue
        filled[name] = [getattr(survivor, name), value]
        if name in MOVED_COLUMNS:
            emptied[name] = [value, "" if name == "poster_file" else None]
        if name in merged.fact_sources:
            sources[name] = merged.fact_sources[name]
    if sources != survivor.fact_sources:
        filled["fact_sources"] = [survivor.fact_sources, sources]
    for movie, changes in ((merged, emptied), (survivor, filled)):
        _write(movie, {name: after for name, (_before, after) in changes.items()})
    return {"survivor": filled, "merged": emptied}


def _restore(movie: Movie, changes: Changes) -> None:
    """Back to the values before, where they are still those that the merge wrote."""
    back = {
        name: before for name, (before, after) in changes.items() if getattr(movie, name) == after
    }
    _write(movie, back)


def _write(movie: Movie, values: dict[str, Any]) -> None:
    """`Movie.save` leaves some of these columns alone."""
    for name, value in values.items():
        setattr(movie, name, value)
    if values:
        movie.save()  # the title's key
        Movie.everything.filter(pk=movie.pk).update(**values)


def _take_genres(survivor: Movie, merged: Movie) -> list[int]:
    if survivor.genres.exists():
        return []
    taken = list(merged.genres.values_list("pk", flat=True))
    survivor.genres.add(*taken)
    return taken


def _take_credits(survivor: Movie, merged: Movie) -> list[int]:
    """All of a role of which the survivor names nobody."""
    named = Credit.objects.filter(movie=survivor).values("role").distinct()
    taken = Credit.objects.filter(movie=merged).exclude(role__in=named)
    pks = list(taken.values_list("pk", flat=True))
    Credit.objects.filter(pk__in=pks).update(movie=survivor)
    return pks


def _take_titles(survivor: Movie, merged: Movie) -> dict[str, list[int]]:
    known = set(survivor.alternative_titles.values_list("title", flat=True))
    moved = merged.alternative_titles.exclude(title__in=known)
    moved_pks = list(moved.values_list("pk", flat=True))
    known |= set(moved.values_list("title", flat=True))
    AlternativeTitle.objects.filter(pk__in=moved_pks).update(movie=survivor)
    known |= {survivor.title, survivor.original_title, ""}
    made = []
    for title in dict.fromkeys((merged.title, merged.original_title)):
        if title not in known:
            made.append(AlternativeTitle.objects.create(movie=survivor, title=title).pk)
    return {"moved": moved_pks, "made": made}


def _take_tmdb_poster(survivor: Movie, merged: Movie) -> dict[str, Any]:
    """The date by which a picture of TMDB has to go follows the picture.

    Returns the row that moved, and the survivor's own, which only said why it had no picture.
    """
    moving = TmdbPoster.objects.filter(movie=merged).first()
    own = TmdbPoster.objects.filter(movie=survivor)
    was_picture_taken = survivor.poster_file and not merged.poster_file
    if moving is None or not was_picture_taken or own.filter(fetched_at__isnull=False).exists():
        return {"moved": None, "replaced": []}
    replaced = [as_json(row) for row in own]
    own.delete()
    TmdbPoster.objects.filter(pk=moving.pk).update(movie=survivor)
    return {"moved": moving.pk, "replaced": replaced}


def _give_tmdb_poster_back(survivor: Movie, merged: Movie, taken: dict[str, Any]) -> None:
    moved = TmdbPoster.objects.filter(pk=taken["moved"], movie=survivor)
    if merged.poster_file and moved.update(movie=merged):
        for row in taken["replaced"]:
            from_json(TmdbPoster, row).save(force_insert=True)
