"""Serializers of the groups API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from cfsite.lib.api.rest import WholeListSerializer
from cfsite.lib.api.strict import QuerySerializer, StrictSerializer
from cfsite.lib.text import one_line
from movies.api.movie_object import STARS, MovieSerializer
from recommender.groups.recommend import MAX_PICKS, PICKS
from recommender.models import Group, Member


class NameField(serializers.CharField):
    """A visible name on one line."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(one_line(data) if isinstance(data, str) else data)


class GroupMemberSerializer(serializers.ModelSerializer):
    name = serializers.CharField(read_only=True)
    is_guest = serializers.BooleanField(read_only=True)
    is_you = serializers.SerializerMethodField()
    is_owner = serializers.SerializerMethodField()

    class Meta:
        model = Member
        fields = ["id", "name", "is_guest", "is_you", "is_owner"]
        read_only_fields = fields

    def get_is_you(self, member: Member) -> bool:
        return member.user_id == self.context["request"].user.pk

    def get_is_owner(self, member: Member) -> bool:
        return member.user_id is not None and member.user_id == member.group.owner_id


class GroupSerializer(serializers.ModelSerializer):
    """A group, as one of its members sees it."""

    link = serializers.SerializerMethodField(
        help_text="Invitation and page; null once the invitation has ended."
    )
    members = GroupMemberSerializer(many=True, read_only=True)

    class Meta:
        model = Group
        fields = ["id", "name", "rule", "link", "invites_until", "created_at", "members"]
        read_only_fields = fields

    def get_link(self, group: Group) -> str | None:
        if not group.invites:
            return None
        return self.context["request"].build_absolute_uri(group.get_absolute_url())


@extend_schema_serializer(many=False)
class GroupsSerializer(WholeListSerializer):
    results = GroupSerializer(many=True)


class GroupChangeSerializer(StrictSerializer):
    """What the owner of a group may change."""

    name = NameField(max_length=Group._meta.get_field("name").max_length)
    rule = serializers.ChoiceField(choices=Group.Rule.choices, default=Group.Rule.AVERAGE)


class JoinSerializer(StrictSerializer):
    token = serializers.RegexField(
        r"^[A-Za-z0-9_-]{1,40}$", help_text="Last part of the invitation's address."
    )


class PicksQuerySerializer(QuerySerializer):
    n = serializers.IntegerField(
        min_value=1, max_value=MAX_PICKS, default=PICKS, help_text="Number of movies."
    )


class MemberStarsSerializer(serializers.Serializer):
    member = serializers.IntegerField(help_text="The member's id.")
    stars = serializers.SerializerMethodField(
        help_text="Predicted stars to the nearest half, so that a single new rating rarely shows."
    )

    @extend_schema_field(STARS)
    def get_stars(self, taste: dict[str, Any]) -> float:
        return taste["stars"]


class GroupPickSerializer(serializers.Serializer):
    movie = MovieSerializer()
    together = serializers.FloatField(
        allow_null=True,
        help_text="The group's stars by its rule, worked out from the members' stars; null "
        "without a model.",
    )
    tastes = MemberStarsSerializer(many=True)
    because_you_like = MovieSerializer(
        allow_null=True,
        help_text="A movie you like that raises your stars for this one; visible to you alone.",
    )
    loved_with = MovieSerializer(
        allow_null=True,
        help_text="Otherwise, a movie you like whose fans love this one too.",
    )


@extend_schema_serializer(many=False)
class GroupPicksSerializer(WholeListSerializer):
    run = serializers.IntegerField(
        allow_null=True, help_text="The training run behind the answer; null before the first."
    )
    source = serializers.ChoiceField(
        choices=["personal", "popular"],
        help_text="`popular` while nobody in the group has rated anything.",
    )
    rule = serializers.ChoiceField(choices=Group.Rule.choices)
    results = GroupPickSerializer(many=True)
