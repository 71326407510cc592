"""People who made the movies, and what they did in each."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from movies.titles import fold


class Person(models.Model):
    """A director, writer or actor; members of the site are `accounts.User`."""

    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False, db_index=True)
    imdb_id = models.CharField(_("IMDb ID"), max_length=12, blank=True)
    tmdb_id = models.PositiveIntegerField(_("TMDB ID"), null=True, blank=True)
    wikidata_id = models.CharField(_("Wikidata ID"), max_length=16, blank=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="movies_person_name_not_empty"),
            models.UniqueConstraint(
                fields=["imdb_id"], condition=~Q(imdb_id=""), name="movies_person_unique_imdb_id"
            ),
            models.UniqueConstraint(
                fields=["wikidata_id"],
                condition=~Q(wikidata_id=""),
                name="movies_person_unique_wikidata_id",
            ),
            models.UniqueConstraint(fields=["tmdb_id"], name="movies_person_unique_tmdb_id"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = fold(self.name)[:200]
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("movies:artist", kwargs={"pk": self.pk, "slug": self.slug})

    @property
    def slug(self) -> str:
        return slugify(self.name, allow_unicode=True)[:80].strip("-") or "artist"


class Credit(models.Model):
    class Role(models.TextChoices):
        DIRECTOR = "director", _("Director")
        WRITER = "writer", _("Writer")
        CAST = "cast", _("Cast")

    movie = models.ForeignKey(
        "movies.Movie", models.CASCADE, related_name="credits", verbose_name=_("movie")
    )
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="credits", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    # Order of billing, from 0, within the role.
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    character = models.CharField(_("character"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        ordering = ["movie_id", "role", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["movie", "role", "person"], name="movies_credit_unique"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["director", "writer", "cast"]), name="movies_credit_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.role} of {self.movie_id}"
