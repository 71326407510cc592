from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecommenderConfig(AppConfig):
    name = "recommender"
    verbose_name = _("Recommender")

    def ready(self) -> None:
        from accounts.account_deletion import erasing
        from accounts.data_export import register_table
        from accounts.kept_data import add_remark, describe
        from accounts.login.adapter import arriving
        from recommender import data_export
        from recommender.groups.ownership import transfer_groups
        from recommender.training.erased_users import mark_runs, trace_in_active_run

        erasing.connect(transfer_groups)
        erasing.connect(mark_runs)
        arriving.connect(_take_along, dispatch_uid="recommender.tryout")
        for kept in data_export.KEPT:
            describe(kept)
        add_remark(trace_in_active_run)
        for table in data_export.TABLES:
            register_table(table)


def _take_along(*arguments: Any, **named: Any) -> str:
    from recommender.tryout.tryout import transfer_ratings

    return transfer_ratings(named["request"], named["user"]).message()
