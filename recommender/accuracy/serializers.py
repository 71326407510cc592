"""The accuracy endpoint of the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from recommender.accuracy.report import not_beaten
from recommender.models import Evaluation


class ErrorsSerializer(serializers.Serializer):
    """Predictions against the ratings that came in after them."""

    n_ratings = serializers.IntegerField()
    n_people = serializers.IntegerField()
    mean_absolute_error = serializers.FloatField(
        help_text="Average distance between predicted and given stars."
    )
    rmse = serializers.FloatField()


class CalibrationBinSerializer(serializers.Serializer):
    predicted_from = serializers.FloatField(
        help_text="Lower end of the bin, which is half a star wide."
    )
    n_ratings = serializers.IntegerField()
    mean_predicted = serializers.FloatField()
    mean_given = serializers.FloatField()


class LiveLogSerializer(serializers.Serializer):
    """Over enough people that nobody can be told from it."""

    together = ErrorsSerializer()
    shown = ErrorsSerializer(
        allow_null=True,
        help_text="Ratings given with the prediction visible; null if there are too few.",
    )
    hidden = ErrorsSerializer(
        allow_null=True,
        help_text="Ratings given with the prediction hidden; null if there are too few.",
    )
    bins = CalibrationBinSerializer(many=True)


class NotBeatenSerializer(serializers.Serializer):
    figure = serializers.ChoiceField(choices=["RMSE", "NDCG@10"])
    given = serializers.CharField(
        allow_null=True, help_text="Number of ratings a new person has given; null for everyone."
    )
    rival = serializers.CharField()
    model = serializers.FloatField()
    other = serializers.FloatField()
    verdict = serializers.ChoiceField(choices=["level", "behind"])


class EvaluationSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    protocol = serializers.ChoiceField(choices=["temporal", "lastone", "5fold", "u1-u5"])
    run = serializers.IntegerField(source="run_id", allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField()
    code_version = serializers.CharField()
    not_beaten = serializers.SerializerMethodField(
        help_text="Where the model is not clearly better than a baseline."
    )
    table = serializers.DictField(
        help_text=(
            "All figures: `contestants`, `by_given`, `boldness`; in newer evaluations also "
            "`folds`, `yardsticks` and `left_out`. See docs/accuracy.md."
        )
    )

    @extend_schema_field(NotBeatenSerializer(many=True))
    def get_not_beaten(self, evaluation: Evaluation) -> list[dict[str, Any]]:
        return [vars(entry) for entry in not_beaten(evaluation.table)]


class ServingRunSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    activated_at = serializers.DateTimeField(allow_null=True)
    metrics = serializers.DictField(help_text="Figures from the check before the run went live.")


class AccuracySerializer(serializers.Serializer):
    run = ServingRunSerializer(allow_null=True, help_text="The active run.")
    evaluation = EvaluationSerializer(
        allow_null=True, help_text="The latest evaluation on the site's own ratings."
    )
    live = LiveLogSerializer(
        allow_null=True,
        help_text="Null while there are too few ratings, or too few people to keep them anonymous.",
    )
