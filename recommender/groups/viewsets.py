"""The groups API. Users outside a group cannot even learn that it exists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from cfsite.lib.api.rest import whole_list
from cfsite.lib.api.strict import StrictQuery
from movies.api.representation import ShowsMovies
from recommender.core.explain.reasons import ReasonKind
from recommender.groups import membership
from recommender.groups.recommend import GroupPicks, recommend_to_group
from recommender.groups.serializers import (
    GroupChangeSerializer,
    GroupPicksSerializer,
    GroupSerializer,
    GroupsSerializer,
    JoinSerializer,
    PicksQuerySerializer,
)
from recommender.models import Group, Member
from recommender.serving.explain import NamedReason

MEMBER = OpenApiParameter("member", {"type": "integer", "minimum": 1}, OpenApiParameter.PATH)
NO_GROUP = OpenApiResponse(OpenApiTypes.OBJECT, description="That link doesn't lead to a group.")


class GroupViewSet(ShowsMovies, StrictQuery, viewsets.GenericViewSet):
    """The groups you are in, to pick a movie together."""

    queryset = Group.objects.none()
    serializer_class = GroupSerializer
    permission_classes = [IsAuthenticated]
    pagination_class = None
    filter_backends: list = []
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Group]:
        if not self.request.user.is_authenticated:  # the schema is generated without a user
            return Group.objects.none()
        present = Prefetch("members", Member.objects.present().select_related("group"))
        own = Group.objects.with_user(self.request.user)
        return own.newest_first().prefetch_related(present)

    @extend_schema(responses=GroupsSerializer)
    def list(self, request: Request) -> Response:
        """Your groups, newest first."""
        groups = self.get_serializer(self.get_queryset(), many=True).data
        return Response(whole_list(groups))

    @extend_schema(request=GroupChangeSerializer, responses={201: GroupSerializer})
    def create(self, request: Request) -> Response:
        """Make a group; you are its owner and first member."""
        wanted = GroupChangeSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            group = membership.create(request.user, **wanted.validated_data)
        except membership.Refused as refused:
            raise ValidationError(str(refused), code="refused") from refused
        return Response(self._group(group.pk), status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, pk: str) -> Response:
        """One of your groups, with who is in it."""
        return Response(self._group(pk))

    @extend_schema(request=GroupChangeSerializer, responses=GroupSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the name or the rule of a group you own."""
        group = self._owned(pk)
        wanted = GroupChangeSerializer(data=request.data, partial=True)
        wanted.is_valid(raise_exception=True)
        changes = wanted.validated_data
        if changes:
            Group.objects.filter(pk=group.pk).update(**changes)
        return Response(self._group(pk))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Delete a group you own."""
        try:
            membership.delete(self._owned(pk))
        except membership.GroupGone as error:
            raise NotFound from error
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=JoinSerializer, responses={200: GroupSerializer, 404: NO_GROUP})
    @action(detail=False, methods=["post"])
    def join(self, request: Request) -> Response:
        """Join by an invitation; safe to repeat. The others will see your predicted stars."""
        wanted = JoinSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        try:
            group = Group.objects.get(token=wanted.validated_data["token"])
            membership.join(group, request.user)
        except (Group.DoesNotExist, membership.GroupGone) as error:
            raise NotFound(_("This link doesn't lead to a group.")) from error
        except membership.Refused as refused:
            raise ValidationError(str(refused), code="refused") from refused
        return Response(self._group(group.pk))

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: str) -> Response:
        """Leave a group; its owner deletes it instead."""
        self._leave(get_object_or_404(self.get_queryset(), pk=pk).members.get(user=request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses=GroupSerializer)
    @action(detail=True, methods=["post"])
    def invitation(self, request: Request, pk: str) -> Response:
        """Make a new link to a group you own; the old one leads nowhere then."""
        membership.renew_invitation(self._owned(pk))
        return Response(self._group(pk))

    @extend_schema(request=None, responses={204: None})
    @invitation.mapping.delete
    def end_invitation(self, request: Request, pk: str) -> Response:
        """Let nobody else in."""
        membership.end_invitation(self._owned(pk))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(parameters=[MEMBER], request=None, responses={204: None})
    @action(detail=True, methods=["delete"], url_path="members/(?P<member>[0-9]{1,18})")
    def member(self, request: Request, pk: str, member: str) -> Response:
        """Remove somebody from a group you own; the link they know ends with it."""
        members = Member.objects.filter(group=self._owned(pk)).select_related("group")
        self._leave(get_object_or_404(members, pk=member), remove=True)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=GroupPicksSerializer)
    @action(detail=True, query_serializer=PicksQuerySerializer)
    def recommendations(self, request: Request, pk: str) -> Response:
        """Movies that suit all of you, best first; nobody sees another's ratings."""
        n = self.query()["n"]
        group = get_object_or_404(self.get_queryset(), pk=pk)
        members = list(group.members.all())
        asking = next(member for member in members if member.user_id == request.user.pk)
        picks = recommend_to_group(members, group.rule, asking, n)
        answer = {"run": picks.run_id, "source": picks.source, "rule": group.rule}
        return Response(whole_list(self._items(picks), **answer))

    def _items(self, picks: GroupPicks) -> list[dict[str, Any]]:
        reasons = [pick.reason.movie.pk for pick in picks.items if pick.reason]
        movies = self.movies_by_id([*(pick.movie_id for pick in picks.items), *reasons])
        return [
            {
                "movie": movies[pick.movie_id],
                "together": pick.group_stars(picks.rule),
                "tastes": [
                    {"member": member.pk, "stars": stars}
                    for member, stars in zip(picks.members, pick.stars, strict=False)
                ],
                "because_you_like": _reason(movies, pick.reason, ReasonKind.STARS),
                "loved_with": _reason(movies, pick.reason, ReasonKind.AUDIENCE),
            }
            for pick in picks.items
            if pick.movie_id in movies
        ]

    def _group(self, pk: Any) -> dict[str, Any]:
        return self.get_serializer(get_object_or_404(self.get_queryset(), pk=pk)).data

    def _owned(self, pk: str) -> Group:
        return get_object_or_404(Group, pk=pk, owner=self.request.user)

    def _leave(self, member: Member, *, remove: bool = False) -> None:
        try:
            (membership.remove if remove else membership.leave)(member)
        except membership.Refused as refused:
            raise ValidationError(str(refused), code="refused") from refused


def _reason(
    movies: Mapping[int, dict[str, Any]], reason: NamedReason | None, kind: ReasonKind
) -> dict[str, Any] | None:
    """The movie that is the reason, if the reason is of this kind."""
    return movies.get(reason.movie.pk) if reason and reason.kind == kind else None
