"""The admin of lists: staff may read them, make them private, or delete them."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cfsite.lib.admin import SafeAdmin
from movies.models import MovieList


@admin.register(MovieList)
class MovieListAdmin(SafeAdmin):
    """Shows what other users may see; not the key, which opens lists shared with a few."""

    list_display = ["name", "owner", "visibility", "n_entries", "updated_at"]
    list_filter = ["visibility"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__username"]
    sortable_by: list[str] = []
    ordering = ["-pk"]
    fields = ["name", "owner", "description", "visibility", "n_entries", "created_at", "updated_at"]
    actions = ["make_private", "delete_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[MovieList]:
        return super().get_queryset(request).with_counts()

    def get_readonly_fields(self, request: HttpRequest, obj: MovieList | None = None) -> list[str]:
        """Staff do not edit what users wrote; they hide or delete the list."""
        return [name for name in self.fields if name != "visibility"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("movies"))
    def n_entries(self, movie_list: MovieList) -> int:
        return movie_list.n_entries

    @admin.action(permissions=["change"], description=_("Make private"))
    def make_private(self, request: HttpRequest, queryset: QuerySet[MovieList]) -> None:
        n = MovieList.objects.filter(pk__in=queryset.values("pk")).update(
            visibility=MovieList.Visibility.PRIVATE
        )
        text = ngettext("%(n)d list is now private.", "%(n)d lists are now private.", n)
        self.message_user(request, text % {"n": n}, messages.SUCCESS)
