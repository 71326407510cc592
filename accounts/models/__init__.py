"""Users, profiles, sessions, access tokens and prepared exports."""

from accounts.models.access_tokens import AccessToken, NameTaken, TooManyTokens, create_token
from accounts.models.data_exports import DataExport, DataExportPiece
from accounts.models.sessions import Session
from accounts.models.users import (
    LONGEST_BIO,
    LONGEST_NAME,
    Boldness,
    PeopleManager,
    Profile,
    ProfileQuerySet,
    Scale,
    User,
    UserQuerySet,
    name_of,
    profile_of,
    set_profile,
    shows_ratings_to,
)

__all__ = [
    "LONGEST_BIO",
    "LONGEST_NAME",
    "AccessToken",
    "Boldness",
    "DataExport",
    "DataExportPiece",
    "NameTaken",
    "PeopleManager",
    "Profile",
    "ProfileQuerySet",
    "Scale",
    "Session",
    "TooManyTokens",
    "User",
    "UserQuerySet",
    "create_token",
    "name_of",
    "profile_of",
    "set_profile",
    "shows_ratings_to",
]
