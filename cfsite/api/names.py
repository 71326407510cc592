"""Names in the schema, from which generators make the functions and types of clients.

drf-spectacular derives them from addresses and classes. Here is what an app's developer would call
them instead. An operation that is not named gets its name by the rule in `operation_name`.
"""

from __future__ import annotations

from typing import Any

OPERATIONS = {
    "artists_movies_list": "list_artist_movies",
    "groups_invitation_create": "renew_group_invitation",
    "groups_invitation_destroy": "close_group_invitation",
    "groups_join_create": "join_group",
    "groups_leave_create": "leave_group",
    "groups_members_destroy": "remove_group_member",
    "groups_recommendations_retrieve": "get_group_recommendations",
    "imports_cancel_create": "cancel_import",
    "imports_choose_create": "choose_import_movie",
    "imports_create": "upload_import",
    "imports_rows_list": "list_import_rows",
    "imports_start_create": "start_import",
    "imports_undo_create": "undo_import",
    "lists_copy_create": "copy_list",
    "lists_link_create": "renew_list_link",
    "lists_list": "list_my_lists",
    "lists_movies_destroy": "remove_movie_from_list",
    "lists_movies_list": "list_movies_of_list",
    "lists_movies_update": "put_movie_on_list",
    "lists_public_list": "list_public_lists",
    "lists_shared_retrieve": "get_shared_list",
    "lists_sort_create": "sort_list",
    "me_changes_retrieve": "get_changes",
    "me_erase_create": "erase_account",
    "me_export_create": "request_export",
    "me_export_retrieve": "get_export",
    "me_partial_update": "update_me",
    "me_profile_partial_update": "update_profile",
    "me_profile_retrieve": "get_profile",
    "me_ratings_update": "put_ratings",
    "me_retrieve": "get_me",
    "me_services_partial_update": "update_services",
    "me_services_retrieve": "get_services",
    "me_state_retrieve": "get_state",
    "me_taste_retrieve": "get_taste",
    "me_tokens_list": "list_access_tokens",
    "me_tokens_revoke": "revoke_access_token",
    "me_years_list": "list_years",
    "me_years_retrieve": "get_year",
    "movies_explanation_retrieve": "explain_movie",
    "movies_facets_retrieve": "get_movie_facets",
    "movies_marks_destroy": "remove_mark",
    "movies_marks_list": "list_marks_of_movie",
    "movies_marks_retrieve": "get_mark",
    "movies_marks_update": "mark_movie",
    "movies_rating_destroy": "remove_rating",
    "movies_rating_retrieve": "get_rating",
    "movies_rating_update": "rate_movie",
    "movies_similar_retrieve": "get_similar_movies",
    "movies_similar_list": "get_similar_movies",
    "movies_what_if_retrieve": "suppose_rating",
    "operator_evaluations_list": "list_evaluations",
    "operator_evaluations_retrieve": "get_evaluation",
    "operator_movies_bring_back_create": "bring_back_catalogue_movie",
    "operator_movies_bulk_update": "put_catalogue_movies",
    "operator_movies_create": "create_catalogue_movie",
    "operator_movies_destroy": "delete_catalogue_movie",
    "operator_movies_list": "list_catalogue_movies",
    "operator_movies_merge_create": "merge_catalogue_movies",
    "operator_movies_partial_update": "update_catalogue_movie",
    "operator_movies_retire_create": "retire_catalogue_movie",
    "operator_movies_retrieve": "get_catalogue_movie",
    "operator_refits_cancel_create": "cancel_refit",
    "operator_refits_create": "start_refit",
    "operator_refits_list": "list_refits",
    "operator_refits_pause_create": "pause_refits",
    "operator_refits_publish_create": "publish_refit",
    "operator_refits_resume_create": "resume_refits",
    "operator_refits_retrieve": "get_refit",
    "operator_refits_rollback_create": "roll_back_model",
    "operator_refits_serve_create": "serve_run",
    "operator_refits_unpin_create": "unpin_model",
    "operator_state_retrieve": "get_site_state",
    "predict_create": "predict",
    "ratings_history_list": "list_rating_history",
    "recommendations_list": "get_recommendations",
    "recommendations_retrieve": "get_recommendations",
    "shelves_list": "get_shelves",
    "shelves_retrieve": "get_shelves",
    "start_favourites_destroy": "remove_favourite",
    "start_favourites_update": "add_favourite",
    "start_groups_update": "choose_movie_groups",
    "start_list": "get_start",
    "start_questions_retrieve": "get_start_questions",
    "start_retrieve": "get_start",
    "start_unseen_destroy": "unset_unseen",
    "start_unseen_update": "set_unseen",
    "viewings_create": "log_viewing",
    "viewings_tags_list": "list_viewing_tags",
}
VERBS = {
    "partial_update": "update",
    "retrieve": "get",
    "list": "list",
    "create": "create",
    "update": "put",
    "destroy": "delete",
}

# Types whose class is named for its place in one module, and says too little among all of them.
TYPES = {
    "AtRequest": "MarkRequest",
    "Axis": "TasteAxis",
    "Choice": "FacetChoice",
    "ChooseRequest": "ImportChoiceRequest",
    "Entry": "MovieListEntry",
    "EntryChangeRequest": "MovieListEntryRequest",
    "Figures": "PeriodFigures",
    "GroupOfMovies": "MovieGroup",
    "Habit": "RatingHabit",
    "JoinRequest": "GroupJoinRequest",
    "Kind": "YearKind",
    "Leaning": "TasteLeaning",
    "Link": "SiteLink",
    "List": "MovieList",
    "ListChangeRequest": "MovieListRequest",
    "ListOwner": "MovieListOwner",
    "Offered": "OfferedService",
    "OfferedRequest": "OfferedServiceRequest",
    "PaginatedListList": "PaginatedMovieListList",
    "PaginatedRowList": "PaginatedImportRowList",
    "PatchedListChangeRequest": "PatchedMovieListRequest",
    "Period": "TastePeriod",
    "PickRequest": "PickedGroupsRequest",
    "Rated": "TasteRating",
    "Reasons": "Explanation",
    "Review": "YearReview",
    "Role": "CreditRole",
    "Row": "ImportRow",
    "Said": "PredictionError",
    "Seen": "YearMovieWithStars",
    "Similar": "SimilarMovies",
    "SortRequest": "MovieListSortRequest",
    "Source": "DescriptionSource",
    "Standing": "TasteStanding",
    "Start": "Onboarding",
    "StartRequest": "ImportStartRequest",
    "Step": "StarsCount",
    "Streak": "WatchingStreak",
    "Surprise": "TasteSurprise",
    "Tag": "ViewingTag",
    "Watched": "YearMovie",
    "Where": "WhereToWatch",
    "Year": "YearSummary",
}
_SCHEMAS = "#/components/schemas/"


def name_operations(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A hook of drf-spectacular."""
    for methods in result["paths"].values():
        for operation in methods.values():
            operation["operationId"] = operation_name(operation["operationId"])
    return result


def operation_name(generated: str) -> str:
    """`movies_retrieve` is `get_movie`: the verb first, one thing in the singular."""
    if generated in OPERATIONS:
        return OPERATIONS[generated]
    for ending, verb in VERBS.items():
        if generated.endswith(f"_{ending}"):
            thing = generated.removesuffix(f"_{ending}")
            return f"{verb}_{thing if ending == 'list' else thing.removesuffix('s')}"
    return generated


def name_types(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A hook of drf-spectacular. A new name that is taken stays with whoever has it."""
    schemas = result["components"]["schemas"]
    names = {old: new for old, new in TYPES.items() if old in schemas and new not in schemas}
    result["components"]["schemas"] = {
        names.get(name, name): schema for name, schema in sorted(schemas.items())
    }
    return _with_references(result, {_SCHEMAS + old: _SCHEMAS + new for old, new in names.items()})


def _with_references(node: Any, names: dict[str, str]) -> Any:
    """The same, with references (and mappings of discriminators) to the new names."""
    if isinstance(node, dict):
        return {key: _with_references(value, names) for key, value in node.items()}
    if isinstance(node, list):
        return [_with_references(value, names) for value in node]
    return names.get(node, node) if isinstance(node, str) else node
