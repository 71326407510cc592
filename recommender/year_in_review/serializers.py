"""The year-in-review endpoints of the API."""

from rest_framework import serializers

from movies.api.serializers import MovieCardSerializer


class YearSerializer(serializers.Serializer):
    year = serializers.IntegerField()
    n = serializers.IntegerField(help_text="Movies watched in it, each as often as it was.")


class WatchedSerializer(serializers.Serializer):
    movie = MovieCardSerializer()
    stars = serializers.FloatField(allow_null=True, help_text="Null if you have not rated it.")
    day = serializers.DateField(
        allow_null=True,
        help_text="Of the viewing, else of the rating; null where the diary has no day.",
    )


class SeenSerializer(WatchedSerializer):
    stars = serializers.FloatField()
    expected = serializers.FloatField(
        allow_null=True, help_text="The stars that were to be expected; null where nobody can say."
    )
    others = serializers.FloatField(
        allow_null=True, help_text="The others' mean; null for fewer than five of them."
    )
    n_others = serializers.IntegerField()


class YearMonthSerializer(serializers.Serializer):
    first = serializers.DateField(help_text="First day of the month.")
    n = serializers.IntegerField()


class KindSerializer(serializers.Serializer):
    key = serializers.CharField(help_text="Slug of the genre, or first year of the decade.")
    name = serializers.CharField()
    n = serializers.IntegerField()
    mean = serializers.FloatField(help_text="Your mean stars.")


class StreakSerializer(serializers.Serializer):
    first = serializers.DateField()
    last = serializers.DateField()
    n = serializers.IntegerField(help_text="Days in a row with a movie.")


class AgreementSerializer(serializers.Serializer):
    n = serializers.IntegerField(help_text="Movies that at least five others have rated.")
    apart = serializers.FloatField(
        source="mean_distance", help_text="Stars from the others' mean, on average."
    )
    nearest = SeenSerializer()
    furthest = SeenSerializer()


class ReviewSerializer(serializers.Serializer):
    year = serializers.IntegerField()
    n = serializers.IntegerField(
        help_text="Viewings in your diary, and ratings of movies without any."
    )
    n_rewatches = serializers.IntegerField()
    mean = serializers.FloatField(allow_null=True, help_text="Your mean stars.")
    minutes = serializers.IntegerField(help_text="Of the movies whose length is known.")
    n_minutes = serializers.IntegerField(help_text="How many those are.")
    n_days = serializers.IntegerField(help_text="Days with a movie.")
    streak = StreakSerializer(allow_null=True)
    months = YearMonthSerializer(many=True, help_text="January first.")
    first = WatchedSerializer(allow_null=True)
    last = WatchedSerializer(allow_null=True)
    oldest = WatchedSerializer(allow_null=True, help_text="The movie that was made first.")
    best = SeenSerializer(many=True, help_text="The most stars first, then the last rated.")
    genres = KindSerializer(many=True, help_text="The most movies first.")
    decades = KindSerializer(many=True)
    favourite_genre = KindSerializer(
        allow_null=True, help_text="The best stars, of those with at least three movies."
    )
    favourite_decade = KindSerializer(allow_null=True)
    better = SeenSerializer(allow_null=True, help_text="Furthest above what was to be expected.")
    worse = SeenSerializer(allow_null=True, help_text="Furthest below it.")
    agreement = AgreementSerializer(allow_null=True)
    discovery = SeenSerializer(
        allow_null=True, help_text="Of four stars and more, the one that the fewest others rated."
    )
