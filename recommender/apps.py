from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecommenderConfig(AppConfig):
    name = "recommender"
    verbose_name = _("Recommender")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from accounts.account_deletion import erasing
        from accounts.data_export import offer_table
        from movies import foresight
        from movies.browse.orderings import PersonalOrder, offer
        from recommender import data_export
        from recommender.groups.ownership import transfer_groups

        erasing.connect(transfer_groups)
        user_logged_in.connect(_take_along, dispatch_uid="recommender.tryout")
        for table in data_export.TABLES:
            offer_table(table)
        offer("for_you", PersonalOrder(_("For you"), _rank_for_you))
        offer("predicted", PersonalOrder(_("Most predicted stars"), _rank_by_stars))
        offer("off_the_track", PersonalOrder(_("Off the beaten track"), _rank_off_the_track))
        foresight.offer(foresight.Foresight(_predicted, _expected))


def _rank_by_stars(*arguments: Any) -> Any:
    from recommender.serving.orderings import rank_by_stars

    return rank_by_stars(*arguments)


def _take_along(*arguments: Any, **named: Any) -> None:
    from django.contrib import messages

    from recommender.tryout.tryout import transfer_ratings

    request = named["request"]
    if said := transfer_ratings(request, named["user"]).message():
        messages.success(request, said, fail_silently=True)


def _rank_off_the_track(*arguments: Any) -> Any:
    from recommender.serving.orderings import rank_off_the_track

    return rank_off_the_track(*arguments)


def _rank_for_you(*arguments: Any) -> Any:
    # numpy is loaded by the processes that rank, not by every command.
    from recommender.serving.orderings import rank

    return rank(*arguments)


def _predicted(*arguments: Any) -> Any:
    from recommender.serving.expected import predicted

    return predicted(*arguments)


def _expected(*arguments: Any) -> Any:
    from recommender.serving.expected import expected

    return expected(*arguments)
