"""Configuration of the movies app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class MoviesConfig(AppConfig):
    name = "movies"
    verbose_name = _("Movies")

    def ready(self) -> None:
        from accounts.account_deletion import erasing
        from accounts.data_export import register_table
        from accounts.kept_data import describe
        from movies import data_export
        from movies.catalogue_care.requests import forget_requests
        from movies.lists.erasure import rename_copies
        from movies.models.triggers import rating_counts

        for kept in data_export.KEPT:
            describe(kept)
        for table in data_export.TABLES:
            register_table(table)
        erasing.connect(rename_copies)
        erasing.connect(forget_requests)
        pre_migrate.connect(rating_counts.drop_before_migrate, sender=self)
        post_migrate.connect(rating_counts.install_after_migrate, sender=self)
