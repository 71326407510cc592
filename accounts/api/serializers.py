"""Serializers of the user's own account and profile."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.forms import ProfileForm, is_taken
from accounts.login.addresses import address_of
from accounts.models import LONGEST_BIO, LONGEST_NAME, Profile, User, set_profile
from cfsite.lib.api.strict import StrictModelSerializer, StrictSerializer
from cfsite.lib.text import one_line, paragraphs


class MeSerializer(StrictModelSerializer):
    """The account; the preferences are writable."""

    email = serializers.SerializerMethodField(help_text="null if you haven't added one.")
    n_ratings = serializers.SerializerMethodField()
    language = serializers.ChoiceField(
        [code for code, _ in settings.LANGUAGES],
        allow_blank=True,
        required=False,
        help_text="Language of pages and emails; empty to follow the browser or app.",
    )

    class Meta:
        model = User
        fields = ["username", "email", "n_ratings", *User.PREFERENCES]
        read_only_fields = ["username"]

    def update(self, user: User, preferences: dict[str, Any]) -> User:
        user.prefer(**preferences)
        return user

    @extend_schema_field({"type": "string", "format": "email", "nullable": True})
    def get_email(self, user: User) -> str | None:
        return address_of(user) or None

    def get_n_ratings(self, user: User) -> int:
        return user.ratings.count()


@extend_schema_field({"type": "string", "maxLength": 4096, "pattern": "^[^\\u0000]+$"})
class PasswordField(serializers.CharField):
    """Text without NUL, declared as such in the schema."""


class EraseSerializer(StrictSerializer):
    """Asks for the password again before the account is deleted."""

    password = PasswordField(max_length=4096, trim_whitespace=False)


class VisibleField(serializers.CharField):
    """Text that is cleaned before it is validated."""

    def __init__(self, clean: Callable[[str], str] = one_line, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._clean = clean

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(self._clean(data) if isinstance(data, str) else data)


class ProfileSerializer(StrictModelSerializer):
    """The profile; `level` says who may see it."""

    username = serializers.CharField(source="user.username", read_only=True)
    url = serializers.SerializerMethodField(help_text="The profile's page on this site.")
    display_name = VisibleField(max_length=LONGEST_NAME, allow_blank=True, required=False)
    bio = VisibleField(clean=paragraphs, max_length=LONGEST_BIO, allow_blank=True, required=False)

    class Meta:
        model = Profile
        fields = ["username", "url", *Profile.SETTINGS]

    def get_url(self, profile: Profile) -> str:
        return self.context["request"].build_absolute_uri(profile.get_absolute_url())

    def validate_display_name(self, name: str) -> str:
        if name and is_taken(name, self.instance.user):
            raise serializers.ValidationError(ProfileForm.taken)
        return name

    def validate_level(self, level: str) -> str:
        if level != Profile.Level.PRIVATE and not self.instance.has_address:
            raise serializers.ValidationError(ProfileForm.no_address)
        return level

    def update(self, profile: Profile, settings: dict[str, Any]) -> Profile:
        return set_profile(profile.user, **settings)


class ExportStateSerializer(serializers.Serializer):
    """What the worker has done for an export that is too large to be made at once."""

    state = serializers.ChoiceField(["not_asked", "waiting", "running", "failed", "ready"])
