"""Changing the movies of a list: on the list's page, and from the menu of a movie."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import member_only
from cfsite.lib.web.pagination import PER_PAGE
from movies.lists import entries, lifecycle
from movies.lists.access import for_owner
from movies.lists.forms import EntryForm, NewListForm, NoteForm, PickListForm, SortForm
from movies.lists.views import edit_page
from movies.models import Movie, MovieList
from recommender.serving.expected import predicted

# Marks messages that get an undo button; see templates/_messages.html.
SEAL_TAG = "entry."


@require_POST
@for_owner
def change_entry(request: HttpRequest, movie_list: MovieList) -> HttpResponse:
    """Move a movie of the list, remove it, or save its note."""
    form = EntryForm(request.POST)
    if not form.is_valid():
        return _updated_list(request, movie_list, problem=_first_problem(form.errors.values()))
    entry_id, action = form.cleaned_data["entry"], form.cleaned_data["action"]
    if action == "off":
        return _remove(request, movie_list, entry_id)
    if action == "save":
        return _save(request, movie_list, entry_id)
    place = form.cleaned_data["place"]
    moves = {
        "up": lambda index: index - 1,
        "down": lambda index: index + 1,
        "drag": lambda _index: place - 1,
    }
    if not entries.move(movie_list, entry_id, moves[action]):
        return _updated_list(request, movie_list, problem=_("That movie is no longer on the list."))
    return _updated_list(request, movie_list, entry_id)


def _save(request: HttpRequest, movie_list: MovieList, entry_id: int) -> HttpResponse:
    sent = {name: request.POST.get(f"{name}-{entry_id}", "") for name in ("note", "place")}
    form = NoteForm(sent)
    if not form.is_valid():
        return _updated_list(
            request, movie_list, entry_id, problem=_first_problem(form.errors.values())
        )
    is_there = entries.set_note(movie_list, entry_id, form.cleaned_data["note"])
    place = form.cleaned_data["place"]
    if is_there and place is not None:
        entries.move(movie_list, entry_id, lambda _index: place - 1)
    problem = "" if is_there else _("That movie is no longer on the list.")
    return _updated_list(request, movie_list, entry_id, problem=problem)


def _remove(request: HttpRequest, movie_list: MovieList, entry_id: int) -> HttpResponse:
    entry = movie_list.entries.filter(pk=entry_id).select_related("movie").first()
    removed = entry and entries.remove(movie_list, entry.movie_id)
    if not removed:
        return _updated_list(request, movie_list, problem=_("That movie is no longer on the list."))
    text = _("Removed %(title)s from the list.") % {"title": entry.movie.title}
    return _updated_list(request, movie_list, said=text, sealed=entries.seal(removed))


@require_POST
@member_only
def undo(request: HttpRequest) -> HttpResponse:
    """Put a removed movie back."""
    try:
        entry = entries.restore(request.user, request.POST.get("sealed", "").removeprefix(SEAL_TAG))
    except lifecycle.ListLimitReached as refused:
        messages.error(request, str(refused))
        return redirect("lists:mine")
    if entry is None:
        raise Http404(_("It’s too late to undo that."))
    return _updated_list(request, entry.movie_list, entry.pk)


@require_POST
@for_owner
def sort(request: HttpRequest, movie_list: MovieList) -> HttpResponse:
    form = SortForm(request.POST)
    if form.is_valid():
        movie_ids = list(movie_list.entries.values_list("movie_id", flat=True))
        stars = predicted(request.user, movie_ids)
        entries.sort(movie_list, form.cleaned_data["by"], stars)
    else:
        messages.error(request, _("Choose one of the sort orders."))
    return redirect("lists:edit", pk=movie_list.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_only
def menu(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a movie to one of the user's lists, or to a new one; or remove it."""
    movie = get_object_or_404(Movie.objects.for_cards(), pk=pk)
    if request.method != "POST":
        return _menu(request, movie)
    try:
        said = (_add_to_new if "name" in request.POST else _add_or_remove)(request, movie)
    except ValidationError as error:
        return _menu(request, movie, problem=error.messages[0])
    except lifecycle.ListLimitReached as refused:
        return _menu(request, movie, problem=str(refused))
    except (lifecycle.ListDeleted, IntegrityError) as error:  # deleted meanwhile
        raise Http404 from error
    if request.htmx:
        return _menu(request, movie, said=said)
    messages.success(request, said)
    return redirect(movie)


def _add_or_remove(request: HttpRequest, movie: Movie) -> str:
    form = PickListForm(request.POST)
    if not form.is_valid():
        raise ValidationError(_("We couldn’t find that list."))
    own, onto = MovieList.objects.of(request.user), form.cleaned_data["onto"]
    movie_list = get_object_or_404(own, pk=onto or form.cleaned_data["off"])
    words = {"title": movie.title, "name": movie_list.name}
    if not onto:
        entries.remove(movie_list, movie.pk)
        return _("Removed %(title)s from %(name)s.") % words
    _entry, is_new = entries.add(movie_list, movie)
    return (
        _("Added %(title)s to %(name)s.") if is_new else _("%(title)s is already on %(name)s.")
    ) % words


def _add_to_new(request: HttpRequest, movie: Movie) -> str:
    form = NewListForm(request.POST)
    if not form.is_valid():
        raise ValidationError(form.problem())
    movie_list = lifecycle.create(request.user, form.cleaned_data["name"])
    entries.add(movie_list, movie)
    return _("Added %(title)s to %(name)s.") % {"title": movie.title, "name": movie_list.name}


def _menu(request: HttpRequest, movie: Movie, problem: str = "", said: str = "") -> HttpResponse:
    own = MovieList.objects.of(request.user).with_counts().holding(movie.pk).newest_first()
    context = {
        "movie": movie,
        "lists": own,
        "problem": problem,
        "said": said,
        "name": request.POST.get("name", "") if problem else "",
    }
    template = "movies/lists/_menu.html" if request.htmx else "movies/lists/menu.html"
    return render(request, template, context, status=422 if problem else 200)


def _updated_list(
    request: HttpRequest,
    movie_list: MovieList,
    entry_id: int | None = None,
    *,
    problem: str = "",
    said: str = "",
    sealed: str = "",
) -> HttpResponse:
    """The list after a change: its movies for htmx, else a redirect to the page of the entry."""
    page = _page_of_entry(movie_list, entry_id) or _page_of_form(request, movie_list)
    if request.htmx:
        request.GET = QueryDict(f"page={page}")
        return edit_page(
            request, movie_list, problem=problem, said=said, sealed=sealed, moved=entry_id
        )
    if problem:
        messages.error(request, problem)
    elif said:
        messages.success(request, said, extra_tags=SEAL_TAG + sealed)
    anchor = f"#entry-{entry_id}" if entry_id and not problem else "#entries"
    query = f"?page={page}" if page > 1 else ""
    return redirect(reverse("lists:edit", kwargs={"pk": movie_list.pk}) + query + anchor)


def _page_of_entry(movie_list: MovieList, entry_id: int | None) -> int | None:
    entry = entry_id and movie_list.entries.filter(pk=entry_id).first()
    if not entry:
        return None
    before = movie_list.entries.filter(position__lt=entry.position).count()
    return before // PER_PAGE + 1


def _page_of_form(request: HttpRequest, movie_list: MovieList) -> int:
    """The page with the form, or the last one if that page is empty now."""
    asked = request.POST.get("page", "")
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1
    return max(1, min(page, -(-movie_list.entries.count() // PER_PAGE)))


def _first_problem(errors: object) -> str:
    return next(message for messages in errors for message in messages)
