"""Serializers of where to watch, and of a member's services."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from cfsite.lib.api.strict import StrictSerializer
from movies.models import Offer, Provider
from movies.watching import choices

LARGEST_ID = 2**31 - 1


class ServiceSerializer(serializers.Serializer):
    """A service that offers the movie."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    kinds = serializers.ListField(child=serializers.ChoiceField(Offer.Kind.values))


class WhereSerializer(serializers.Serializer):
    """Where a movie can be watched."""

    country = serializers.CharField(help_text="ISO 3166-1 code of the country it is about.")
    here = serializers.BooleanField(help_text="In the library of this site; for members only.")
    here_url = serializers.URLField(allow_null=True, help_text="Its page in Jellyfin.")
    my_services = ServiceSerializer(many=True)
    other_services = ServiceSerializer(many=True)
    credit = serializers.CharField(
        allow_null=True, help_text="Whose data the services are; to be named where they are shown."
    )


class OfferedSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    n_movies = serializers.IntegerField(help_text="Movies of the catalogue it shows.")


class ServicesSerializer(StrictSerializer):
    """Your country, your services, and what else can be chosen there."""

    country = serializers.ChoiceField([], required=False)
    services = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
        required=False,
        max_length=500,
        help_text="Ids of services; of `offered`, or of another country.",
    )
    countries = serializers.ListField(child=serializers.CharField(), read_only=True)
    offered = OfferedSerializer(many=True, read_only=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = settings.WATCHING_COUNTRIES

    def validate_services(self, ids: list[int]) -> list[int]:
        known = set(Provider.objects.filter(pk__in=ids).values_list("pk", flat=True))
        if set(ids) - known:
            raise NotFound(_("Unknown service."), code="does_not_exist")
        return ids


def representation(choice: choices.Choice) -> dict[str, Any]:
    """What `ServicesSerializer` reads."""
    return {
        "country": choice.country,
        "services": sorted(choice.services),
        "countries": [code for code, _name in choices.countries()],
        "offered": choices.services_in(choice.country, choice.services),
    }
