"""/metrics in Prometheus' text format, for a scraper with the token and for staff.

What describes the site as a whole (model, worker, queue, disk) is read from the database when it
is asked for, so every process answers alike. Counters of requests: requests.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from accounts.models import User
from cfsite.lib.replicas import health
from cfsite.operations import heartbeats, state
from cfsite.operations.backups import schedule
from cfsite.operations.metrics import requests as request_metrics
from cfsite.operations.models import Alert, ListUse, ServerError
from movies.models import Movie, RatingChanges
from recommender.models import TrainingRun


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_read(request):
        raise Http404  # as if there were nothing here
    registry = CollectorRegistry()
    registry.register(SiteCollector())
    request_metrics.add_to(registry)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _may_read(request: HttpRequest) -> bool:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and scheme.lower() == "bearer":
        return constant_time_compare(token.strip(), settings.METRICS_TOKEN)
    return request.user.is_active and request.user.is_staff


class SiteCollector(Collector):
    def collect(self) -> Iterator[Metric]:
        yield from _processes()
        if settings.REPLICAS:
            yield from _replicas()
        yield from _model()
        yield from _work()
        yield from _contents()
        disk = state.disk()
        yield _gauge("disk_free_bytes", "Free where the data folder is.", disk.free)
        yield _gauge("disk_total_bytes", "Size of the disk of the data folder.", disk.total)
        if backup := schedule.newest():
            age = (timezone.now() - backup.finished_at).total_seconds()
            yield _gauge("backup_age_seconds", "Since the newest backup was made.", age)
            yield _gauge("backup_bytes", "Size of the newest backup.", backup.size)

    def describe(self) -> list[Metric]:
        return []  # registering must not ask the database


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"cfsite_{name}", what, value=value)


def _counter(name: str, what: str, value: float) -> Metric:
    return CounterMetricFamily(f"cfsite_{name}", what, value=value)


def _processes() -> Iterator[Metric]:
    up = GaugeMetricFamily("cfsite_process_up", "1 if it was heard of lately.", labels=["process"])
    age = GaugeMetricFamily(
        "cfsite_heartbeat_age_seconds", "Since the last heartbeat.", labels=["process"]
    )
    for sign in heartbeats.signs():
        up.add_metric([sign.name], float(sign.is_alive))
        if sign.age is not None:
            age.add_metric([sign.name], sign.age.total_seconds())
    yield up
    yield age


def _replicas() -> Iterator[Metric]:
    """As seen by the process that was asked."""
    up = GaugeMetricFamily("cfsite_replica_up", "1 if pages read from it.", labels=["replica"])
    lag = GaugeMetricFamily(
        "cfsite_replica_lag_seconds", "How far it is behind the primary.", labels=["replica"]
    )
    for alias in settings.REPLICAS:
        seen = health.look_at(alias)
        up.add_metric([alias], float(seen.is_usable))
        if seen.lag is not None:
            lag.add_metric([alias], seen.lag)
    yield up
    yield lag


def _model() -> Iterator[Metric]:
    model = state.model_state()
    if model.run is not None and model.age is not None:
        yield _gauge("model_run", "Number of the run that is served.", model.run)
        yield _gauge(
            "model_age_seconds", "Since the served run was fitted.", model.age.total_seconds()
        )
    runs = GaugeMetricFamily("cfsite_refits", "Refits on record, by state.", labels=["state"])
    counts = state.count_by_state()
    for name in TrainingRun.State.values:
        runs.add_metric([name], counts.get(name, 0))
    yield runs
    last = GaugeMetricFamily(
        "cfsite_last_refit_state", "1 for how the newest ended.", labels=["state"]
    )
    for name in TrainingRun.State.values:
        last.add_metric([name], float(name == model.last_state))
    yield last


def _work() -> Iterator[Metric]:
    waiting = GaugeMetricFamily("cfsite_waiting", "Work that waits for the worker.", labels=["of"])
    queue = state.queue()
    for name in ("refits", "imports", "exports", "mails"):
        waiting.add_metric([name], getattr(queue, name))
    yield waiting
    yield _gauge("alerts_open", "Alerts that are not over.", Alert.objects.open().count())
    errors = ServerError.objects.aggregate(n=Sum("count"))["n"] or 0
    yield _counter("errors", "Unhandled errors of pages and tasks.", errors)


def _contents() -> Iterator[Metric]:
    yield _counter("rating_changes", "Ratings added, changed, removed.", RatingChanges.total())
    ratings = Movie.objects.aggregate(n=Sum("n_ratings"))["n"] or 0
    yield _gauge("ratings", "Ratings stored.", ratings)
    yield _gauge("movies", "Movies in lists and search.", Movie.objects.count())
    members = User.objects.filter(is_active=True, is_dataset_member=False)
    yield _gauge("members", "Active accounts.", members.count())
    use = ListUse.objects.aggregate(opened=Sum("opened"), led_on=Sum("led_on"))
    yield _counter("lists_opened", "Lists of picks that members opened.", use["opened"] or 0)
    yield _counter(
        "lists_led_on", "Of them, those that led to a rating or a mark.", use["led_on"] or 0
    )
