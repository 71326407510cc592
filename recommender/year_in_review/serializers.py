"""The year-in-review endpoints of the API."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from cfsite.lib.api.rest import WholeListSerializer
from movies.api.movie_object import MovieSerializer


class YearSerializer(serializers.Serializer):
    year = serializers.IntegerField()
    n = serializers.IntegerField(help_text="Movies watched that year, counting every rewatch.")


@extend_schema_serializer(many=False)
class YearsSerializer(WholeListSerializer):
    results = YearSerializer(many=True)


class WatchedSerializer(serializers.Serializer):
    movie = MovieSerializer()
    stars = serializers.FloatField(allow_null=True, help_text="Null if you haven't rated it.")
    day = serializers.DateField(
        allow_null=True,
        help_text="Day of the viewing, or else of the rating; null if the diary has no day.",
    )


class SeenSerializer(WatchedSerializer):
    stars = serializers.FloatField()
    expected = serializers.FloatField(
        allow_null=True, help_text="Stars we expected; null if unknown."
    )
    others = serializers.FloatField(
        allow_null=True, help_text="Everyone else's average; null for fewer than five people."
    )
    n_others = serializers.IntegerField()


class YearMonthSerializer(serializers.Serializer):
    first = serializers.DateField(help_text="First day of the month.")
    n = serializers.IntegerField()


class KindSerializer(serializers.Serializer):
    key = serializers.CharField(help_text="Slug of the genre, or first year of the decade.")
    name = serializers.CharField()
    n = serializers.IntegerField()
    mean = serializers.FloatField(help_text="Your average stars.")


class StreakSerializer(serializers.Serializer):
    first = serializers.DateField()
    last = serializers.DateField()
    n = serializers.IntegerField(help_text="Days in a row with a movie.")


class AgreementSerializer(serializers.Serializer):
    n = serializers.IntegerField(help_text="Movies that at least five others have rated.")
    apart = serializers.FloatField(
        source="mean_distance", help_text="Average distance from everyone else's average, in stars."
    )
    nearest = SeenSerializer()
    furthest = SeenSerializer()


class ReviewSerializer(serializers.Serializer):
    year = serializers.IntegerField()
    n = serializers.IntegerField(
        help_text="Viewings in your diary, plus rated movies that have none."
    )
    n_rewatches = serializers.IntegerField()
    mean = serializers.FloatField(allow_null=True, help_text="Your average stars.")
    minutes = serializers.IntegerField(
        help_text="Total minutes of the movies with a known runtime."
    )
    n_minutes = serializers.IntegerField(help_text="Number of movies with a known runtime.")
    n_days = serializers.IntegerField(help_text="Days with a movie.")
    streak = StreakSerializer(allow_null=True)
    months = YearMonthSerializer(many=True, help_text="Starting with January.")
    first = WatchedSerializer(allow_null=True)
    last = WatchedSerializer(allow_null=True)
    oldest = WatchedSerializer(allow_null=True, help_text="The oldest movie.")
    best = SeenSerializer(many=True, help_text="Most stars first, then most recently rated.")
    genres = KindSerializer(many=True, help_text="Most movies first.")
    decades = KindSerializer(many=True)
    favourite_genre = KindSerializer(
        allow_null=True, help_text="Highest average among those with at least three movies."
    )
    favourite_decade = KindSerializer(allow_null=True)
    better = SeenSerializer(allow_null=True, help_text="Furthest above the stars we expected.")
    worse = SeenSerializer(allow_null=True, help_text="Furthest below the stars we expected.")
    agreement = AgreementSerializer(allow_null=True)
    discovery = SeenSerializer(
        allow_null=True,
        help_text="Among those with four stars or more, the one the fewest other people rated.",
    )
