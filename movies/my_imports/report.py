"""What the pages of an import say: the preview before it, and the outcome after it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import CharField, Count, F, OuterRef, Q, Subquery, Value, Window
from django.db.models.functions import Cast, Coalesce, Concat, RowNumber
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from movies import scales
from movies.models import ImportedRow, PersonalImport, Rating
from movies.my_imports.parsing.entries import NO_RATING, NOT_A_FILM, UNREADABLE
from movies.my_imports.parsing.scales import SCALES
from movies.my_imports.sources import ANY_CSV, SOURCES, any_csv
from movies.stars import to_stars

Kind, Match, Outcome = ImportedRow.Kind, ImportedRow.Match, ImportedRow.Outcome
FIRST_ROWS = 4
# Kinds of which one movie can have several.
ROWS_COUNT = (Kind.VIEWING, Kind.LIST, Kind.LIST_ITSELF)
SURE = (Match.FOUND, Match.NEAR, Match.CHOSEN)

Label = str | Promise
KINDS: dict[str, Label] = {
    Kind.RATING: gettext_lazy("Ratings"),
    Kind.WATCHLIST: gettext_lazy("On the watchlist"),
    Kind.SEEN: gettext_lazy("Watched"),
    Kind.NOT_INTERESTED: gettext_lazy("Not interested"),
    Kind.VIEWING: gettext_lazy("In the diary"),
    Kind.LIST_ITSELF: gettext_lazy("Lists"),
    Kind.LIST: gettext_lazy("On lists"),
}
LEFT_OUT: dict[str, Label] = {
    NOT_A_FILM: gettext_lazy("Series, episodes and anything else that isn’t a movie"),
    NO_RATING: gettext_lazy("Movies with nothing to import"),
    UNREADABLE: gettext_lazy("Lines we couldn’t read"),
}
OUTCOMES: dict[str, Label] = {
    Outcome.ADDED: gettext_lazy("new"),
    Outcome.CHANGED: gettext_lazy("changed"),
    Outcome.SAME: gettext_lazy("already there"),
    Outcome.KEPT: gettext_lazy("skipped to keep yours"),
    Outcome.REPEATED: gettext_lazy("repeated in the file"),
    Outcome.FULL: gettext_lazy("skipped because the list is full"),
    Outcome.UNDONE: pgettext_lazy("after a number", "undone"),
    Outcome.LEFT: gettext_lazy("left alone because of later changes"),
}


def source_name(key: str) -> Label:
    return any_csv.NAME if key == ANY_CSV else SOURCES[key].name


def scale_in_words(personal_import: PersonalImport) -> str:
    scale = SCALES.get(personal_import.scale)
    return scale.in_words if scale else ""


@dataclass(frozen=True)
class Figure:
    """A number with its label, and the numbers it is made of."""

    label: Label
    n: int
    parts: tuple[tuple[Label, int], ...] = ()


@dataclass(frozen=True)
class FirstRow:
    """An example of a group of rows."""

    said: str  # title and year as the source has them
    what: Label  # '4½', 'On the watchlist'
    movie: str  # title and year as the catalogue has them


@dataclass(frozen=True)
class Preview:
    """What an import would do."""

    found: list[Figure]
    n_ratings: int
    n_undated: int
    n_different: int  # ratings that are not the user's
    n_ambiguous: int  # films that several movies fit
    n_by_title: int
    n_missing: int
    left_out: list[Figure]
    examples: list[tuple[Label, list[FirstRow]]]
    may_add_movies: bool

    @property
    def is_empty(self) -> bool:
        return not (self.found or self.n_by_title or (self.n_missing and self.may_add_movies))

    @classmethod
    def of(cls, personal_import: PersonalImport) -> Preview:
        rows = ImportedRow.objects.filter(personal_import=personal_import)
        by_kind: Counter[str] = Counter()
        undated = 0
        counted = rows.filter(match__in=SURE).order_by().values("kind")
        # A film may be in several files of an export, and counts once.
        films = Count("movie", distinct=True)
        undated_films = Count("movie", distinct=True, filter=Q(at=None))
        for row in counted.annotate(n=Count("pk"), films=films, undated=undated_films):
            by_kind[row["kind"]] = row["n" if row["kind"] in ROWS_COUNT else "films"]
            undated += row["undated"] if row["kind"] == Kind.RATING else 0
        compared = _compared_with_own(personal_import, rows)
        by_match = _films(rows)
        return cls(
            found=[
                Figure(label, by_kind[kind], compared if kind == Kind.RATING else ())
                for kind, label in KINDS.items()
                if by_kind[kind]
            ],
            n_ratings=by_kind[Kind.RATING],
            n_undated=undated,
            n_different=next((n for label, n in compared if label == DIFFERENT), 0),
            n_ambiguous=by_match[Match.AMBIGUOUS],
            n_by_title=by_match[Match.TITLE],
            n_missing=by_match[Match.MISSING],
            left_out=left_out(personal_import),
            examples=_examples(rows),
            may_add_movies=settings.IMPORT_ADDS_MOVIES,
        )


NEW, EQUAL = gettext_lazy("new"), gettext_lazy("the same as yours")
DIFFERENT = gettext_lazy("different from yours")


def _compared_with_own(personal_import: PersonalImport, rows: Any) -> tuple[tuple[Label, int], ...]:
    own = Rating.objects.filter(user=personal_import.user_id, movie=OuterRef("movie"))
    ratings = rows.filter(match__in=SURE, kind=Kind.RATING)
    is_equal = Q(own=F("half_stars"))
    compared = ratings.annotate(own=Subquery(own.values("half_stars")[:1])).aggregate(
        new=Count("movie", distinct=True, filter=Q(own=None)),
        equal=Count("movie", distinct=True, filter=is_equal),
        different=Count("movie", distinct=True, filter=Q(own__isnull=False) & ~is_equal),
    )
    labels = {"new": NEW, "equal": EQUAL, "different": DIFFERENT}
    found = ((label, compared[key]) for key, label in labels.items())
    return tuple((label, n) for label, n in found if n)


def _films(rows: Any) -> Counter[str]:
    """Numbers of different films by match; most films have several rows."""
    film = Concat(
        "title",
        Value("|"),
        Coalesce(Cast("year", CharField()), Value("")),
        Value("|"),
        "imdb_id",
        output_field=CharField(),
    )
    counted = rows.order_by().values("match").annotate(n=Count(film, distinct=True))
    return Counter({row["match"]: row["n"] for row in counted})


def left_out(personal_import: PersonalImport) -> list[Figure]:
    counts = personal_import.counts
    return [Figure(label, counts[key]) for key, label in LEFT_OUT.items() if counts.get(key)]


def _examples(rows: Any) -> list[tuple[Label, list[FirstRow]]]:
    """The first rows of each match, those of one film together."""
    numbered = rows.select_related("movie").annotate(
        place=Window(RowNumber(), partition_by="match", order_by="pk")
    )
    by_match: dict[str, list[FirstRow]] = defaultdict(list)
    for row in numbered.filter(place__lte=FIRST_ROWS).order_by("pk"):
        movie = str(row.movie) if row.movie else ""
        by_match[row.match].append(FirstRow(_film(row.title, row.year), _what(row), movie))
    return [(match.label, by_match[match]) for match in Match if by_match[match]]


def _film(title: str, year: int | None) -> str:
    return f"{title} ({year})" if year else title


def _what(row: ImportedRow) -> Label:
    if row.kind == Kind.RATING:
        return scales.active().in_words(to_stars(row.half_stars))
    return row.list_name or KINDS[row.kind]


def outcome(personal_import: PersonalImport) -> list[Figure]:
    """What became of the rows, by kind."""
    parts: dict[str, list[tuple[Label, int]]] = defaultdict(list)
    for kind in KINDS:
        for key, label in OUTCOMES.items():
            if n := personal_import.counts.get(f"{kind} {key}"):
                parts[kind].append((label, n))
    return [
        Figure(KINDS[kind], sum(n for _label, n in some), tuple(some))
        for kind, some in parts.items()
    ]


def n_ratings_now(personal_import: PersonalImport) -> int:
    """Ratings that the import brought: new, changed, or there before."""
    counts = personal_import.counts
    return sum(
        counts.get(f"{Kind.RATING} {key}", 0)
        for key in (Outcome.ADDED, Outcome.CHANGED, Outcome.SAME)
    )


def state_in_words(personal_import: PersonalImport) -> str:
    if personal_import.is_undo and personal_import.state == PersonalImport.State.WAITING:
        return _("waiting to be undone")
    return str(personal_import.get_state_display())
