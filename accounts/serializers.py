"""What the API says of a person, and what it takes."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts.models import User


class MeSerializer(serializers.ModelSerializer):
    """Who one is here; the preferences may be changed."""

    n_ratings = serializers.SerializerMethodField()
    language = serializers.ChoiceField(
        [code for code, _ in settings.LANGUAGES],
        allow_blank=True,
        required=False,
        help_text="Of pages and e-mails; empty: what the browser or app asks for.",
    )

    class Meta:
        model = User
        fields = ["username", "email", "n_ratings", *User.PREFERENCES]
        read_only_fields = ["username", "email"]

    def update(self, user: User, preferences: dict[str, Any]) -> User:
        user.prefer(**preferences)
        return user

    def get_n_ratings(self, user: User) -> int:
        return user.ratings.count()


class EraseSerializer(serializers.Serializer):
    """The password, once more, before everything goes."""

    password = serializers.CharField(max_length=4096, trim_whitespace=False)
