"""The admin's front page: what runs, what waits, and how the site is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.cache import cache
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cfsite.operations import heartbeats, state
from cfsite.operations.backups import schedule
from cfsite.operations.models import Alert, ListUse
from movies.models import Rating
from recommender.model_room import control
from recommender.models import TrainingRun

DAYS = 30
KEPT = 600  # seconds: how old the charts may be

Text = str | Promise


@dataclass(frozen=True)
class Fact:
    name: Text
    value: str
    is_fine: bool = True
    link: str = ""


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True)
class Chart:
    title: Text
    summary: str
    bars: Sequence[Bar]
    highest: str
    first_day: str
    width: int = 320
    height: int = 96


@dataclass(frozen=True)
class Dashboard:
    alerts: Sequence[Alert]
    facts: Sequence[Fact]
    charts: Sequence[Chart]


def dashboard() -> Dashboard:
    return Dashboard(
        alerts=list(Alert.objects.open()),
        facts=[*_processes(), *_model(), _queue(), _disk(), _backup()],
        charts=_charts(),
    )


def _processes() -> list[Fact]:
    names = {heartbeats.WORKER: _("Worker"), heartbeats.BEAT: _("Schedule (beat)")}
    return [
        Fact(names.get(sign.name, sign.name), sign.in_words, sign.is_alive)
        for sign in heartbeats.signs()
    ]


def _model() -> list[Fact]:
    model = state.model_state()
    runs = reverse("admin:recommender_trainingrun_changelist")
    if model.age is None:
        live = Fact(_("Model"), _("none yet"), is_fine=False, link=runs)
    else:
        text = _("run %(run)s, %(age)s old") % {
            "run": model.run,
            "age": heartbeats.in_words(model.age),
        }
        if control.pinned():
            text += f", {_('pinned')}"
        live = Fact(_("Model"), text, link=runs)
    if model.last_run is None or model.last_ended_at is None:
        return [live]
    ended = date_format(timezone.localtime(model.last_ended_at), "SHORT_DATETIME_FORMAT")
    label = TrainingRun.State(model.last_state).label
    last = Fact(
        _("Last refit"),
        f"{label}, {ended}",
        model.last_state not in {TrainingRun.State.FAILED, TrainingRun.State.REJECTED},
        reverse("admin:recommender_trainingrun_change", args=[model.last_run]),
    )
    paused = [Fact(_("Refits"), _("paused"), is_fine=False, link=runs)]
    return [live, last, *(paused if control.is_paused() else [])]


def _queue() -> Fact:
    queue = state.queue()
    counts = (queue.refits, queue.imports, queue.exports, queue.mails)
    parts = [
        ngettext("%(n)d refit", "%(n)d refits", queue.refits) % {"n": queue.refits},
        ngettext("%(n)d import", "%(n)d imports", queue.imports) % {"n": queue.imports},
        ngettext("%(n)d export", "%(n)d exports", queue.exports) % {"n": queue.exports},
        ngettext("%(n)d mail", "%(n)d mails", queue.mails) % {"n": queue.mails},
    ]
    shown = [part for part, n in zip(parts, counts, strict=True) if n]
    return Fact(_("Waiting"), ", ".join(shown) or _("nothing"))


def _disk() -> Fact:
    disk = state.disk()
    text = _("%(free)s free of %(total)s") % {
        "free": filesizeformat(disk.free),
        "total": filesizeformat(disk.total),
    }
    return Fact(_("Disk"), text, not disk.is_low)


def _backup() -> Fact:
    backups = reverse("admin:operations_backup_changelist")
    wrong, last = schedule.overdue(), schedule.newest()
    if last is not None:
        text = _("%(age)s old") % {"age": heartbeats.in_words(timezone.now() - last.finished_at)}
    else:
        text = _("none yet")
    return Fact(_("Backup"), text, not wrong, backups)


# --- Charts ------------------------------------------------------------------------------------


def _charts() -> list[Chart]:
    today = timezone.localdate()
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    ratings, people = _activity(days[0])
    shares = _shares(days[0])
    n = sum(ratings.values())
    return [
        _chart(
            _("Ratings a day"),
            days,
            ratings,
            str,
            ngettext("%(n)d in 30 days", "%(n)d in 30 days", n) % {"n": n},
        ),
        _chart(
            _("People who rated"),
            days,
            people,
            str,
            _("%(n)d on the busiest day") % {"n": max(people.values(), default=0)},
        ),
        _chart(
            _("Lists that led to a rating or a watchlist mark"),
            days,
            shares,
            lambda share: f"{share:.0f} %",
            _("Share of the opened lists"),
        ),
    ]


def _activity(since: date) -> tuple[Mapping[date, int], Mapping[date, int]]:
    """Ratings by members, and how many members they came from, by day."""

    def count() -> list[tuple[date, int, int]]:
        start = timezone.make_aware(datetime.combine(since, time.min))
        rows = (
            Rating.objects.filter(rated_at__gte=start, user__is_dataset_member=False)
            .order_by()
            .annotate(day=TruncDate("rated_at"))
            .values_list("day")
            .annotate(n=Count("pk"), people=Count("user", distinct=True))
        )
        return list(rows)

    rows = cache.get_or_set(f"dashboard-{since}", count, KEPT) or []
    return {day: n for day, n, _people in rows}, {day: people for day, _n, people in rows}


def _shares(since: date) -> Mapping[date, float]:
    used = ListUse.objects.filter(day__gte=since, opened__gt=0)
    return {one.day: min(100 * one.led_on / one.opened, 100.0) for one in used}


def _chart(
    title: Text,
    days: Sequence[date],
    values: Mapping[date, float],
    in_words: Callable[[float], str],
    summary: str,
) -> Chart:
    highest = max(values.values(), default=0.0)
    slot = Chart.width / len(days)
    bars = []
    for number, day in enumerate(days):
        value = values.get(day, 0)
        height = round(Chart.height * value / highest, 1) if highest else 0.0
        bars.append(
            Bar(
                x=round(number * slot + 0.1 * slot, 1),
                y=round(Chart.height - height, 1),
                width=round(0.8 * slot, 1),
                height=height,
                label=f"{date_format(day, 'SHORT_DATE_FORMAT')}: {in_words(value)}",
            )
        )
    return Chart(title, summary, bars, in_words(highest), date_format(days[0], "SHORT_DATE_FORMAT"))
