"""What operators send and get."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.validators import UniqueValidator

from cfsite.lib.api.strict import StrictModelSerializer, StrictSerializer
from movies.models import Genre, Movie
from recommender.models import Evaluation, TrainingRun
from recommender.training.status import refit_progress


class ProgressSerializer(serializers.Serializer):
    phase = serializers.CharField(help_text="In the language asked for.")
    percent = serializers.IntegerField(min_value=0, max_value=100)
    seconds_left = serializers.IntegerField(
        allow_null=True, help_text="Null while it can’t be estimated."
    )


class RefitSerializer(serializers.ModelSerializer):
    is_live = serializers.BooleanField(source="is_active")
    progress = serializers.SerializerMethodField()

    class Meta:
        model = TrainingRun
        fields = [
            *("id", "state", "is_live", "is_forced", "reason", "seed", "created_at", "started_at"),
            *("finished_at", "activated_at", "progress", "metrics", "hyperparameters", "data"),
        ]

    @extend_schema_field(ProgressSerializer(allow_null=True))
    def get_progress(self, run: TrainingRun) -> dict[str, Any] | None:
        """Null unless it is running."""
        if run.state != TrainingRun.State.RUNNING or not (progress := refit_progress(run)):
            return None
        remaining = progress.remaining
        return {
            "phase": str(progress.phase),
            "percent": int(100 * progress.share),
            "seconds_left": remaining and int(remaining.total_seconds()),
        }


class RefitRequestSerializer(StrictSerializer):
    force = serializers.BooleanField(
        default=False, help_text="It goes live whatever the gate says, if its numbers are finite."
    )


class PolicySerializer(serializers.Serializer):
    is_paused = serializers.BooleanField()
    pinned_run = serializers.IntegerField(allow_null=True)
    live_run = serializers.IntegerField(allow_null=True)


class EvaluationRunSerializer(serializers.ModelSerializer):
    class Meta:
        model = Evaluation
        fields = [
            *("id", "state", "source", "protocol", "run", "created_at", "finished_at", "reason"),
            "table",
        ]


class ProcessSerializer(serializers.Serializer):
    name = serializers.CharField()
    is_alive = serializers.BooleanField()
    heard_at = serializers.DateTimeField(allow_null=True)


class QueueSerializer(serializers.Serializer):
    refits = serializers.IntegerField()
    imports = serializers.IntegerField()
    exports = serializers.IntegerField()
    mails = serializers.IntegerField()


class DiskSerializer(serializers.Serializer):
    free = serializers.IntegerField(help_text="Bytes.")
    total = serializers.IntegerField(help_text="Bytes.")
    is_low = serializers.BooleanField()


class RunningImportSerializer(serializers.Serializer):
    data_set = serializers.CharField()
    phase = serializers.CharField(
        help_text="`checking`, `movies`, `ratings`, `loading`, `indexing`."
    )
    percent = serializers.FloatField(help_text="Of the whole import.")
    seconds_left = serializers.IntegerField(allow_null=True, help_text="Null while unknown.")
    ratings_read = serializers.IntegerField()
    rejected = serializers.IntegerField(help_text="Lines that could not be read.")
    started_at = serializers.DateTimeField()


class SiteStateSerializer(serializers.Serializer):
    processes = ProcessSerializer(many=True)
    queue = QueueSerializer()
    disk = DiskSerializer()
    running_import = RunningImportSerializer(
        allow_null=True, help_text="Of a data set; null if none runs."
    )
    live_run = serializers.IntegerField(allow_null=True)
    model_age = serializers.IntegerField(allow_null=True, help_text="Seconds since it was fitted.")


class CatalogueMovieSerializer(StrictModelSerializer):
    """A movie as operators edit it."""

    genres = serializers.SlugRelatedField(
        many=True, slug_field="slug", queryset=Genre.objects.all(), required=False
    )
    is_retired = serializers.SerializerMethodField()

    class Meta:
        model = Movie
        fields = [
            *("id", "title", "original_title", "year", "genres", "description", "runtime"),
            *("countries", "languages", "movielens_id", "imdb_id", "tmdb_id", "wikidata_id"),
            *("n_ratings", "is_retired"),
        ]
        read_only_fields = ["n_ratings"]
        # Retired and merged movies, which the default manager leaves out, keep their ids too.
        extra_kwargs = {
            "movielens_id": {"validators": [UniqueValidator(queryset=Movie.everything.all())]}
        }

    def get_is_retired(self, movie: Movie) -> bool:
        return movie.retired_at is not None


class MergeSerializer(StrictSerializer):
    survivor = serializers.IntegerField(min_value=1, help_text="The movie that stays.")
    merged = serializers.IntegerField(min_value=1, help_text="The duplicate.")


MOST_MOVIES = 500


class MovieRowSerializer(StrictSerializer):
    """Found by its ids, else by title and year."""

    title = serializers.CharField(max_length=300)
    original_title = serializers.CharField(max_length=300, required=False)
    year = serializers.IntegerField(required=False)
    genres = serializers.ListField(child=serializers.CharField(max_length=60), required=False)
    description = serializers.CharField(max_length=5000, required=False)
    runtime = serializers.IntegerField(required=False)
    countries = serializers.CharField(max_length=120, required=False)
    languages = serializers.CharField(max_length=120, required=False)
    movielens_id = serializers.IntegerField(required=False)
    imdb_id = serializers.CharField(max_length=12, required=False)
    tmdb_id = serializers.IntegerField(required=False)
    wikidata_id = serializers.CharField(max_length=16, required=False)


class UpsertSerializer(StrictSerializer):
    movies = MovieRowSerializer(many=True, max_length=MOST_MOVIES, allow_empty=False)
    overwrite = serializers.BooleanField(
        default=False, help_text="Also replace values that differ; by default blanks are filled in."
    )
    dry_run = serializers.BooleanField(default=False, help_text="Only say what would change.")


class UpsertedRowSerializer(serializers.Serializer):
    row = serializers.IntegerField(help_text="Its place in `movies`, from 0.")
    result = serializers.ChoiceField(choices=["new", "changed", "unchanged", "rejected"])
    movie = serializers.IntegerField(allow_null=True, help_text="Of a new or changed one.")
    detail = serializers.CharField(allow_null=True, help_text="Why it is rejected.")


class UpsertedSerializer(serializers.Serializer):
    written = serializers.BooleanField(help_text="False for a dry run, or if a row is rejected.")
    results = UpsertedRowSerializer(many=True)
