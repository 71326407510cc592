"""Refits, evaluations and the state of the site, for operators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from cfsite.lib.api.problems import Conflict
from cfsite.lib.api.strict import StrictQuery
from cfsite.operations import heartbeats, state
from cfsite.operations.api.permissions import StaffWithRights, log
from cfsite.operations.api.serializers import (
    EvaluationRunSerializer,
    PolicySerializer,
    RefitRequestSerializer,
    RefitSerializer,
    SiteStateSerializer,
)
from movies.imports.recorder import running_import
from recommender.model_room import control
from recommender.models import Evaluation, RefitPolicy, TrainingRun

CONFLICT = {409: None}


@extend_schema(tags=["Operators"])
class RefitViewSet(
    StrictQuery, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet
):
    """Refits of the model."""

    queryset = TrainingRun.objects.newest_first()
    serializer_class = RefitSerializer
    permission_classes = [StaffWithRights]
    filter_backends: list = []
    lookup_value_regex = "[0-9]{1,18}"
    reads_with, writes_with = "recommender.view_trainingrun", "recommender.change_trainingrun"

    @extend_schema(request=RefitRequestSerializer, responses={202: RefitSerializer, **CONFLICT})
    def create(self, request: Request) -> Response:
        """Request a refit; at most one waits. 409 if no worker takes it, or one runs already."""
        wanted = RefitRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        if silence := heartbeats.worker_missing():
            raise Conflict(
                _("No worker takes refits: %(state)s.") % {"state": silence}, code="no_worker"
            )
        if TrainingRun.objects.running().exists():
            raise Conflict(_("A refit is running."), code="already_running")
        run = control.request(force=wanted.validated_data["force"])
        log(request, run, ADDITION, "Requested through the API.")
        return self._accepted(run)

    @extend_schema(request=None, responses={200: RefitSerializer, **CONFLICT})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """End a refit that waits or runs; a running one notices after its epoch."""
        run = self.get_object()
        self._do(run, "Cancelled", lambda: control.cancel(run))
        return Response(self._representation(run))

    @extend_schema(request=None, responses={200: RefitSerializer, **CONFLICT})
    @action(detail=True, methods=["post"])
    def serve(self, request: Request, pk: str) -> Response:
        """Make this run live. If a newer one waits, it is pinned, too: see `unpin`."""
        run = self.get_object()
        self._do(run, "Made live", lambda: control.serve(run))
        return Response(self._representation(run))

    @extend_schema(request=None, responses={202: RefitSerializer, **CONFLICT})
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str) -> Response:
        """Request the refit that was rejected again, to go live whatever the gate says."""
        run = self.get_object()
        return self._accepted(self._do(run, "Published", lambda: control.publish_anyway(run)))

    @extend_schema(request=None, responses={200: RefitSerializer, **CONFLICT})
    @action(detail=False, methods=["post"])
    def rollback(self, request: Request) -> Response:
        """Go back to the run before and pin it; refits go on, and wait."""
        run = control.previous()
        if run is None:
            raise Conflict(_("There is no earlier run to go back to."), code="no_earlier_run")
        self._do(run, "Went back to it", lambda: control.pin(run))
        return Response(self._representation(run))

    @extend_schema(request=None, responses=PolicySerializer)
    @action(detail=False, methods=["post"])
    def unpin(self, request: Request) -> Response:
        """Let the newest run go live, and later ones by themselves."""
        control.unpin()
        return self._policy("Unpinned")

    @extend_schema(request=None, responses=PolicySerializer)
    @action(detail=False, methods=["post"])
    def pause(self, request: Request) -> Response:
        """Start no refit that nobody requested."""
        control.pause()
        return self._policy("Paused")

    @extend_schema(request=None, responses=PolicySerializer)
    @action(detail=False, methods=["post"])
    def resume(self, request: Request) -> Response:
        """Start refits by themselves again."""
        control.resume()
        return self._policy("Resumed")

    def _do(self, run: TrainingRun, what: str, change: Callable[[], Any]) -> Any:
        try:
            done = change()
        except control.NotPossible as error:
            raise Conflict(str(error), code="not_possible") from error
        log(self.request, run, CHANGE, f"{what} through the API.")
        return done

    def _policy(self, what: str) -> Response:
        log(self.request, RefitPolicy.objects.the_one(), CHANGE, f"{what} through the API.")
        return Response(_policy())

    def _representation(self, run: TrainingRun) -> dict[str, Any]:
        run.refresh_from_db()
        return self.get_serializer(run).data

    def _accepted(self, run: TrainingRun) -> Response:
        url = reverse("api-operator-refit-detail", args=[run.pk], request=self.request)
        answer = self._representation(run)
        return Response(answer, status=status.HTTP_202_ACCEPTED, headers={"Location": url})


def _policy() -> dict[str, Any]:
    pinned = control.pinned()
    return {
        "is_paused": control.is_paused(),
        "pinned_run": pinned and pinned.pk,
        "live_run": TrainingRun.objects.active_id(),
    }


@extend_schema(tags=["Operators"])
class EvaluationViewSet(
    StrictQuery, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet
):
    """Measurements of the model and of baselines."""

    serializer_class = EvaluationRunSerializer
    permission_classes = [StaffWithRights]
    filter_backends: list = []
    lookup_value_regex = "[0-9]{1,18}"
    reads_with, writes_with = "recommender.view_evaluation", "recommender.change_evaluation"

    def get_queryset(self) -> QuerySet[Evaluation]:
        return Evaluation.objects.newest_first()


class SiteStateView(StrictQuery, APIView):
    """Whether the site's parts are well."""

    permission_classes = [StaffWithRights]
    reads_with, writes_with = "recommender.view_trainingrun", "recommender.change_trainingrun"

    @extend_schema(tags=["Operators"], responses=SiteStateSerializer)
    def get(self, request: Request) -> Response:
        """Processes, queue, disk and model, as on the front page of the admin."""
        model = state.model_state()
        answer = {
            "processes": [
                {"name": sign.name, "is_alive": sign.is_alive, "heard_at": sign.at}
                for sign in heartbeats.signs()
            ],
            "queue": state.queue(),
            "disk": state.disk(),
            "running_import": _running_import(),
            "live_run": model.run,
            "model_age": None if model.age is None else int(model.age.total_seconds()),
        }
        return Response(SiteStateSerializer(answer).data)


def _running_import() -> dict[str, Any] | None:
    run = running_import()
    if run is None:
        return None
    work = run.progress
    return {
        "data_set": run.data_set,
        "phase": run.phase,
        "percent": round(100 * work.share, 1),
        "seconds_left": work.remaining and int(work.remaining.total_seconds()),
        "ratings_read": run.rows,
        "rejected": run.rejected,
        "started_at": run.started_at,
    }
