"""The admin of this app: Django finds it here, each feature keeps its own."""

from recommender.groups.admin import GroupAdmin
from recommender.training.admin import EvaluationAdmin, TrainingRunAdmin
from recommender.tuning.admin import HyperparameterSearchAdmin

__all__ = ["EvaluationAdmin", "GroupAdmin", "HyperparameterSearchAdmin", "TrainingRunAdmin"]
