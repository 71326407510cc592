"""What runs on PostgreSQL after it has run on SQLite: whatever the database has a say in.

    python -m tests.servers postgresql -- pytest --again-on-postgresql

leaves out the folders and files of NO_SAY, tests that ask for no database, and all cases of a test
but the first: these send the same statements with other values. What is about statements, values
or transactions runs with every case (EVERY_CASE). `test_databases.py` holds both lists.
"""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent

# By what decides instead.
NO_SAY = {
    "numbers": ("recommender/core", "recommender/lesson"),
    "text": (
        *("test_dependencies.py", "test_docs.py", "movies/test_genres.py"),
        *("cfsite/lib/api", "cfsite/lib/web", "cfsite/lib/test_asset_bundles.py"),
        *("cfsite/lib/test_safe_csv.py", "cfsite/lib/test_sqlite_cache.py"),
        *("cfsite/lib/test_text.py", "cfsite/lib/queue/test_file_queue.py"),
        "cfsite/lib/queue/test_redis_client.py",
        *("movies/test_titles.py", "accounts/test_language.py", "accounts/test_usernames.py"),
        *("attacks/test_xss.py", "pages/test_header.py", "pages/test_site_name.py"),
        *("pages/test_teacher.py", "pages/test_translations.py", "pages/test_words.py"),
        *("movies/imports/movielens", "movies/imports/test_scales.py"),
    ),
    "pictures, files, addresses": (
        *("cfsite/pages", "movies/posters", "movies/facts/wikidata", "movies/facts/test_tmdb.py"),
        *("movies/facts/built_in/test_files.py", "pages/test_compression.py"),
    ),
    "settings": (
        *("cfsite/test_data_folder.py", "cfsite/test_environment.py"),
        *("cfsite/operations/test_checks.py", "cfsite/operations/test_error_reports.py"),
        "cfsite/operations/test_request_log.py",
    ),
    "who may do what, and the schema that says so": (
        *("admin/test_users.py", "api/test_access.py", "api/test_matrix.py"),
        *(
            "api/test_matrix_of_tokens.py",
            "api/test_schema.py",
            "accounts/test_hashes_of_a_login.py",
        ),
        "attacks/test_errors_in_middleware.py",
    ),
    # May do anything: what they are about is outside the database, or they start one of their own.
    # Workers and beats on PostgreSQL are in faults/test_overlapping_refits.py.
    "processes": (
        *("test_benchmarks.py", "clients", "admin/test_policy.py"),
        *("api/test_docs_examples.py", "api/test_docs_page.py", "api/test_fuzz.py"),
        *("accounts/test_redis_away.py", "cfsite/operations/test_containers.py"),
        *("cfsite/operations/test_debian_install.py", "faults/test_killed_processes.py"),
        *("faults/test_memory.py", "faults/test_postgresql_stopped.py"),
        *("faults/test_redis_away.py", "faults/test_sqlite_writers.py", "faults/test_switches.py"),
        *("pages/test_weight.py", "web_processes", "worker"),
    ),
}
LEFT_OUT = frozenset(HERE / path for paths in NO_SAY.values() for path in paths)

EVERY_CASE = (
    *("test_saved_rows.py", "test_upgrade.py", "test_what_is_lost.py"),
    "accounts/test_erasure_leaves_nothing.py",
    *("admin/test_searches.py", "api/test_paging.py", "api/test_strict.py"),
    *("cfsite/operations/backups", "faults", "movies/catalogue_care", "movies/changes"),
    *("movies/imports", "movies/models", "movies/search", "movies/sync"),
    *("cfsite/lib/queue", "recommender/training"),
    *("recommender/test_user_copy.py", "recommender/test_user_partitions.py"),
)
_EVERY_CASE = frozenset(HERE / path for path in EVERY_CASE)

ASKS_FOR_A_DATABASE = {"db", "transactional_db"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--again-on-postgresql",
        action="store_true",
        help="only what a database has a say in (tests/databases.py)",
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    if config.getoption("again_on_postgresql") and collection_path in LEFT_OUT:
        return True
    return None  # others decide


def leave_out_what_ran(items: list[pytest.Item], config: pytest.Config) -> None:
    if not config.getoption("again_on_postgresql"):
        return
    seen: set[str] = set()
    kept, left_out = [], []
    for item in items:
        (kept if runs_again(item, seen) else left_out).append(item)
        seen.add(test_of(item))
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


def runs_again(item: pytest.Item, seen: set[str]) -> bool:
    """`seen` has the tests of which a case came before."""
    return is_whole(item.path) or (asks_for_a_database(item) and test_of(item) not in seen)


def test_of(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def is_whole(path: Path) -> bool:
    return not _EVERY_CASE.isdisjoint((path, *path.parents))


def asks_for_a_database(item: pytest.Item) -> bool:
    fixtures = ASKS_FOR_A_DATABASE & set(getattr(item, "fixturenames", ()))
    return bool(fixtures) or item.get_closest_marker("django_db") is not None
