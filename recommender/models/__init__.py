"""All models of the recommender, re-exported. No model imports a feature."""

from recommender.models.evaluation import Evaluation, LoggedPrediction
from recommender.models.groups import Group, Guest, GuestRating, Member
from recommender.models.onboarding import MovieGroups, StartingAnswer
from recommender.models.refit_policy import RefitPolicy
from recommender.models.suspicious_profiles import SuspiciousProfile
from recommender.models.taste import TasteMap
from recommender.models.training import MovieFactors, TrainingRun, UserFactors
from recommender.models.tryout import TriedRating
from recommender.models.tuning import HyperparameterSearch, SearchTrial

__all__ = [
    "Evaluation",
    "Group",
    "Guest",
    "GuestRating",
    "HyperparameterSearch",
    "LoggedPrediction",
    "Member",
    "MovieFactors",
    "MovieGroups",
    "RefitPolicy",
    "SearchTrial",
    "StartingAnswer",
    "SuspiciousProfile",
    "TasteMap",
    "TrainingRun",
    "TriedRating",
    "UserFactors",
]
