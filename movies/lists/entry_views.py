"""What one does with the movies of a list: on its own page, and from wherever a movie stands."""

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
from cfsite.lib.pagination import PER_PAGE
from movies.lists import entries as arranging
from movies.lists import lifecycle
from movies.lists.access import for_owner
from movies.lists.forms import EntryForm, NewListForm, NoteForm, PickListForm, SortForm
from movies.lists.views import editing
from movies.models import Movie, MovieList
from recommender.serving.expected import predicted

# Says to the page's messages which button takes this seal.
SEAL_TAG = "entry."


@require_POST
@for_owner
def entries(request: HttpRequest, movie_list: MovieList) -> HttpResponse:
    """Move a movie of the list, take it off, or write its note."""
    form = EntryForm(request.POST)
    if not form.is_valid():
        return _done(request, movie_list, problem=_first_problem(form.errors.values()))
    entry_id, action = form.cleaned_data["entry"], form.cleaned_data["action"]
    if action == "off":
        return _take_off(request, movie_list, entry_id)
    if action == "save":
        return _save(request, movie_list, entry_id)
    steps = {"up": lambda at: at - 1, "down": lambda at: at + 1}
    place = form.cleaned_data["place"]
    step = steps.get(action, lambda at: place - 1)
    if not arranging.move(movie_list, entry_id, step):
        return _done(request, movie_list, problem=_("That movie is no longer on the list."))
    return _done(request, movie_list, entry_id)


def _save(request: HttpRequest, movie_list: MovieList, entry_id: int) -> HttpResponse:
    sent = {name: request.POST.get(f"{name}-{entry_id}", "") for name in ("note", "place")}
    form = NoteForm(sent)
    if not form.is_valid():
        return _done(request, movie_list, entry_id, problem=_first_problem(form.errors.values()))
    is_there = arranging.write_note(movie_list, entry_id, form.cleaned_data["note"])
    place = form.cleaned_data["place"]
    if is_there and place is not None:
        arranging.move(movie_list, entry_id, lambda at: place - 1)
    problem = "" if is_there else _("That movie is no longer on the list.")
    return _done(request, movie_list, entry_id, problem=problem)


def _take_off(request: HttpRequest, movie_list: MovieList, entry_id: int) -> HttpResponse:
    entry = movie_list.entries.filter(pk=entry_id).select_related("movie").first()
    gone = entry and arranging.remove(movie_list, entry.movie_id)
    if not gone:
        return _done(request, movie_list, problem=_("That movie is no longer on the list."))
    text = _("%(title)s is off the list.") % {"title": entry.movie.title}
    return _done(request, movie_list, said=text, sealed=arranging.seal(gone))


@require_POST
@member_only
def undo(request: HttpRequest) -> HttpResponse:
    """Put back what was taken off."""
    try:
        entry = arranging.put_back(
            request.user, request.POST.get("sealed", "").removeprefix(SEAL_TAG)
        )
    except lifecycle.Refused as refused:
        messages.error(request, str(refused))
        return redirect("lists:mine")
    if entry is None:
        raise Http404(_("This can no longer be undone."))
    return _done(request, entry.movie_list, entry.pk)


@require_POST
@for_owner
def sort(request: HttpRequest, movie_list: MovieList) -> HttpResponse:
    form = SortForm(request.POST)
    if form.is_valid():
        movie_ids = list(movie_list.entries.values_list("movie_id", flat=True))
        stars = predicted(request.user, movie_ids)
        arranging.sort(movie_list, form.cleaned_data["by"], stars)
    else:
        messages.error(request, _("There is no such order."))
    return redirect("lists:edit", pk=movie_list.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_only
def menu(request: HttpRequest, pk: int) -> HttpResponse:
    """Onto which of one's lists a movie goes, an existing one or a new one."""
    movie = get_object_or_404(Movie.objects.for_cards(), pk=pk)
    if request.method != "POST":
        return _menu(request, movie)
    try:
        said = (_onto_new if "name" in request.POST else _onto)(request, movie)
    except ValidationError as error:
        return _menu(request, movie, problem=error.messages[0])
    except lifecycle.Refused as refused:
        return _menu(request, movie, problem=str(refused))
    except (lifecycle.ListGone, IntegrityError) as error:  # deleted since we looked
        raise Http404 from error
    if request.htmx:
        return _menu(request, movie, said=said)
    messages.success(request, said)
    return redirect(movie)


def _onto(request: HttpRequest, movie: Movie) -> str:
    form = PickListForm(request.POST)
    if not form.is_valid():
        raise ValidationError(_("There is no such list."))
    own, onto = MovieList.objects.of(request.user), form.cleaned_data["onto"]
    movie_list = get_object_or_404(own, pk=onto or form.cleaned_data["off"])
    words = {"title": movie.title, "name": movie_list.name}
    if not onto:
        arranging.remove(movie_list, movie.pk)
        return _("%(title)s is off %(name)s.") % words
    _entry, is_new = arranging.add(movie_list, movie)
    return (_("%(title)s is on %(name)s.") if is_new else _("%(title)s was on %(name)s.")) % words


def _onto_new(request: HttpRequest, movie: Movie) -> str:
    form = NewListForm(request.POST)
    if not form.is_valid():
        raise ValidationError(form.problem())
    movie_list = lifecycle.create(request.user, form.cleaned_data["name"])
    arranging.add(movie_list, movie)
    return _("%(title)s is on %(name)s.") % {"title": movie.title, "name": movie_list.name}


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


def _done(
    request: HttpRequest,
    movie_list: MovieList,
    entry_id: int | None = None,
    *,
    problem: str = "",
    said: str = "",
    sealed: str = "",
) -> HttpResponse:
    """The list as it is now: its movies for htmx, else the page with the movie in question."""
    page = _page_with(movie_list, entry_id) or _page_asked(request, movie_list)
    if request.htmx:
        request.GET = QueryDict(f"page={page}")
        return editing(
            request, movie_list, problem=problem, said=said, sealed=sealed, moved=entry_id
        )
    if problem:
        messages.error(request, problem)
    elif said:
        messages.success(request, said, extra_tags=SEAL_TAG + sealed)
    anchor = f"#entry-{entry_id}" if entry_id and not problem else "#entries"
    query = f"?page={page}" if page > 1 else ""
    return redirect(reverse("lists:edit", kwargs={"pk": movie_list.pk}) + query + anchor)


def _page_with(movie_list: MovieList, entry_id: int | None) -> int | None:
    entry = entry_id and movie_list.entries.filter(pk=entry_id).first()
    if not entry:
        return None
    before = movie_list.entries.filter(position__lt=entry.position).count()
    return before // PER_PAGE + 1


def _page_asked(request: HttpRequest, movie_list: MovieList) -> int:
    """The page that the form was on, or the last one if it went with its only movie."""
    asked = request.POST.get("page", "")
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1
    return max(1, min(page, -(-movie_list.entries.count() // PER_PAGE)))


def _first_problem(errors: object) -> str:
    return next(message for messages in errors for message in messages)
