from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class MoviesConfig(AppConfig):
    name = "movies"
    verbose_name = _("Movies")

    def ready(self) -> None:
        from accounts.personal_data import offer_table
        from movies import personal_data, triggers

        for table in personal_data.TABLES:
            offer_table(table)
        pre_migrate.connect(triggers.drop_before_migrate, sender=self)
        post_migrate.connect(triggers.install_after_migrate, sender=self)
