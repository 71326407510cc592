"""Registers the admin of every feature of this app; Django imports this module."""

from recommender.accuracy.admin import EvaluationAdmin
from recommender.fake_profiles.admin import SuspiciousProfileAdmin
from recommender.groups.admin import GroupAdmin
from recommender.model_room.admin import TrainingRunAdmin
from recommender.model_room.policy_admin import RefitPolicyAdmin
from recommender.tuning.admin import HyperparameterSearchAdmin

__all__ = [
    "EvaluationAdmin",
    "GroupAdmin",
    "HyperparameterSearchAdmin",
    "RefitPolicyAdmin",
    "SuspiciousProfileAdmin",
    "TrainingRunAdmin",
]
