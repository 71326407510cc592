"""Lists of movies, and the movies on them in their order."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from cfsite.lib.text import OneLineField

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_NOTE = 100, 1000, 500


def new_key() -> str:
    """128 random bits: nobody guesses the link to a shared list."""
    return secrets.token_urlsafe(16)


class MovieListQuerySet(models.QuerySet["MovieList"]):
    def of(self, user: User) -> Self:
        return self.filter(owner=user)

    def public(self) -> Self:
        """Visible to everybody; not those of deactivated accounts."""
        return self.filter(visibility=MovieList.Visibility.PUBLIC, owner__is_active=True)

    def shared_by_link(self) -> Self:
        """Visible to anyone who has the link."""
        shown = [MovieList.Visibility.LINK, MovieList.Visibility.PUBLIC]
        return self.filter(visibility__in=shown, owner__is_active=True)

    def visible_to(self, viewer: User | AnonymousUser) -> Self:
        """Visible to this user without a link."""
        public = Q(visibility=MovieList.Visibility.PUBLIC, owner__is_active=True)
        return self.filter(public | Q(owner=viewer) if viewer.is_authenticated else public)

    def with_counts(self) -> Self:
        """Annotated with `n_entries`, the number of movies."""
        shown = Q(movie_list=OuterRef("pk"), movie__retired_at=None)
        entries = ListEntry.objects.filter(shown).order_by()
        counted = entries.values("movie_list").annotate(n=models.Count("pk")).values("n")
        return self.annotate(n_entries=Coalesce(Subquery(counted), Value(0)))

    def with_movies(self) -> Self:
        return self.filter(Exists(ListEntry.objects.filter(movie_list=OuterRef("pk"))))

    def holding(self, movie_id: int) -> Self:
        """Annotated with `holds`: whether the movie is on the list."""
        here = ListEntry.objects.filter(movie_list=OuterRef("pk"), movie=movie_id)
        return self.annotate(holds=Exists(here))

    def with_owner(self) -> Self:
        return self.select_related("owner__profile")

    def newest_first(self) -> Self:
        return self.order_by("-updated_at", "-pk")


class MovieList(models.Model):
    class Visibility(models.TextChoices):
        PRIVATE = "private", _("Private")
        LINK = "link", _("Link only")
        PUBLIC = "public", _("Public")

    # The index below begins with the owner.
    owner = models.ForeignKey(
        "accounts.User", models.CASCADE, related_name="movie_lists", db_index=False
    )
    name = OneLineField(_("name"), max_length=LONGEST_NAME)
    description = models.TextField(_("description"), max_length=LONGEST_DESCRIPTION, blank=True)
    is_numbered = models.BooleanField(_("numbered"), default=False)
    visibility = models.CharField(
        _("who can see it"),
        max_length=10,
        choices=Visibility.choices,
        default=Visibility.PRIVATE,
    )
    # Whose list this is a copy of: its name goes when they erase their account.
    copied_from = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, editable=False, related_name="+"
    )
    key = models.CharField(max_length=40, unique=True, default=new_key, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now)

    objects = MovieListQuerySet.as_manager()

    class Meta:
        verbose_name = _("list")
        verbose_name_plural = _("lists")
        constraints = [
            models.CheckConstraint(
                condition=Q(visibility__in=["private", "link", "public"]),
                name="movies_movielist_known_visibility",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="movies_movielist_has_a_name"),
        ]
        indexes = [
            models.Index(fields=["owner", "-updated_at", "-id"], name="movies_movielist_of_owner"),
            models.Index(
                fields=["-updated_at", "-id"],
                condition=Q(visibility="public"),
                name="movies_movielist_public",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """For the owner, and for everybody if the list is public."""
        return reverse("lists:list", kwargs={"pk": self.pk, "slug": self.slug})

    def get_shared_url(self) -> str:
        """The link that an owner shares."""
        return reverse("lists:shared", kwargs={"key": self.key})

    @property
    def slug(self) -> str:
        return slugify(self.name, allow_unicode=True)[:80].strip("-") or "list"

    @property
    def is_private(self) -> bool:
        return self.visibility == self.Visibility.PRIVATE

    @property
    def is_by_link(self) -> bool:
        return self.visibility == self.Visibility.LINK

    @property
    def is_public(self) -> bool:
        return self.visibility == self.Visibility.PUBLIC


class ListEntryQuerySet(models.QuerySet["ListEntry"]):
    def in_order(self) -> Self:
        return self.order_by("position")


class ListEntry(models.Model):
    # The constraints' indexes begin with the list.
    movie_list = models.ForeignKey(
        MovieList, models.CASCADE, related_name="entries", db_index=False
    )
    movie = models.ForeignKey("movies.Movie", models.CASCADE, related_name="list_entries")
    # From 1, without gaps except where a movie left the catalogue: see movies/lists/entries.py.
    position = models.PositiveIntegerField(_("place"))
    note = models.CharField(_("note"), max_length=LONGEST_NOTE, blank=True)
    added_at = models.DateTimeField(_("added"), default=timezone.now)

    objects = ListEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("movie on a list")
        verbose_name_plural = _("movies on lists")
        constraints = [
            models.UniqueConstraint(fields=["movie_list", "movie"], name="movies_listentry_once"),
            models.UniqueConstraint(
                fields=["movie_list", "position"], name="movies_listentry_one_place"
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1), name="movies_listentry_places_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.movie_list_id}: {self.movie_id}"
