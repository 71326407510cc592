"""Pages of lists: the user's own, the public ones, and each list."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import member_only
from accounts.models import Profile
from cfsite.lib.web.pagination import page_of
from movies.lists import entries, lifecycle
from movies.lists.access import for_owner, get_visible_list
from movies.lists.forms import ListForm, NewListForm
from movies.lists.presentation import PER_PAGE, list_notes, movies_of, with_first_movies
from movies.models import MovieList
from recommender.serving.cards import cards_for

VISIBILITY_HELP = {
    MovieList.Visibility.PRIVATE: gettext_lazy("Only you can see it."),
    MovieList.Visibility.LINK: gettext_lazy(
        "Anyone with the link can see it, with your name. It isn’t listed anywhere."
    ),
    MovieList.Visibility.PUBLIC: gettext_lazy(
        "Everyone can see it, with your name. It’s among the public lists once it has a movie."
    ),
}


@require_safe
@login_required
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    return _own_lists(request, NewListForm())


@require_POST
@member_only
def create(request: HttpRequest) -> HttpResponse:
    form = NewListForm(request.POST)
    if not form.is_valid():
        return _own_lists(request, form, status=422)
    try:
        return redirect(lifecycle.create(request.user, **form.cleaned_data))
    except lifecycle.ListLimitReached as refused:
        messages.error(request, str(refused))
        return redirect("lists:mine")


@require_safe
@never_cache
def public(request: HttpRequest) -> HttpResponse:
    """Public lists, or with `by` those on one user's profile."""
    lists = MovieList.objects.public().with_movies().with_owner().with_counts().newest_first()
    owner = _requested_owner(request)
    if owner:
        lists = lists.of(owner.user)
    page = page_of(request, lists, per_page=PER_PAGE)
    context = {"page": page, "lists": with_first_movies(page, request.user), "owner": owner}
    return render(request, "movies/lists/public.html", context)


@require_safe
@never_cache
def detail(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    movie_list = get_visible_list(request, pk)
    if slug != movie_list.slug:
        # A temporary redirect: the name may change, and so may who sees the list.
        return redirect(movie_list)
    return _list_page(request, movie_list)


@require_safe
@never_cache
def shared(request: HttpRequest, key: str) -> HttpResponse:
    """A list for those who have its link, which must not leak to other sites."""
    found = MovieList.objects.shared_by_link().with_owner()
    movie_list = get_object_or_404(found, key=key)
    if movie_list.is_public or movie_list.owner_id == request.user.pk:
        return redirect(movie_list)
    response = _list_page(request, movie_list, key=key)
    response["X-Robots-Tag"] = "noindex"
    # With "no-referrer" browsers would send the forms of the page without an origin, and Django
    # refuses those over HTTPS.
    response["Referrer-Policy"] = "same-origin"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def edit(request: HttpRequest, movie_list: MovieList) -> HttpResponse:
    """Edit name, description and visibility; the movies are below the form."""
    form = ListForm(request.POST if request.method == "POST" else None, instance=movie_list)
    if form.is_valid():
        lifecycle.change(
            movie_list, **{name: form.cleaned_data[name] for name in form.changed_data}
        )
        messages.success(request, _("List saved."))
        return redirect(movie_list)
    stored = MovieList.objects.get(pk=movie_list.pk) if form.errors else movie_list
    return edit_page(request, stored, form)


def edit_page(
    request: HttpRequest, movie_list: MovieList, form: ListForm | None = None, **more: Any
) -> HttpResponse:
    """The page for editing a list; for htmx, the part with its movies."""
    form = form or ListForm(instance=movie_list)
    page = page_of(request, movies_of(movie_list, request.user))
    context = {
        "movie_list": movie_list,
        "form": form,
        "page": page,
        "sorts": entries.SORTS.items(),
        "visibilities": visibilities(),
        "link": request.build_absolute_uri(movie_list.get_shared_url()),
        **more,
    }
    is_fragment = request.htmx and request.method == "POST"
    template = "movies/lists/_entries.html" if is_fragment else "movies/lists/edit.html"
    return render(
        request, template, context, status=422 if form.errors or more.get("problem") else 200
    )


def visibilities() -> list[tuple[str, Any, Any]]:
    return [(key, label, VISIBILITY_HELP[key]) for key, label in MovieList.Visibility.choices]


@require_POST
@for_owner
def renew_link(request: HttpRequest, movie_list: MovieList) -> HttpResponse:
    lifecycle.renew_key(movie_list)
    messages.success(request, _("Here’s your new link. The old one no longer works."))
    return redirect("lists:edit", pk=movie_list.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def delete(request: HttpRequest, movie_list: MovieList) -> HttpResponse:
    if request.method != "POST":
        n = movie_list.entries.count()
        return render(request, "movies/lists/delete.html", {"movie_list": movie_list, "n": n})
    lifecycle.delete(movie_list)
    messages.success(request, _("Deleted %(name)s.") % {"name": movie_list.name})
    return redirect("lists:mine")


@require_POST
@member_only
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    movie_list = get_visible_list(request, pk, request.POST.get("key", ""))
    try:
        made = lifecycle.copy(movie_list, request.user)
    except lifecycle.ListLimitReached as refused:
        messages.error(request, str(refused))
        return redirect("lists:mine")
    messages.success(request, _("Here’s your own copy. Only you can see it."))
    return redirect(made)


def _requested_owner(request: HttpRequest) -> Profile | None:
    name = request.GET.get("by")
    if name is None:
        return None
    shown = Profile.objects.visible_to(request.user).filter(shows_lists=True)
    owner = shown.at(name).first() if "\0" not in name else None
    if owner is None:
        raise Http404(_("We couldn’t find that member."))
    return owner


def _own_lists(request: HttpRequest, form: NewListForm, status: int = 200) -> HttpResponse:
    own = MovieList.objects.of(request.user).with_counts().newest_first()
    page = page_of(request, own, per_page=PER_PAGE)
    context = {"page": page, "lists": with_first_movies(page, request.user), "form": form}
    return render(request, "movies/lists/mine.html", context, status=status)


def _list_page(request: HttpRequest, movie_list: MovieList, key: str = "") -> HttpResponse:
    page = page_of(request, movies_of(movie_list, request.user))
    movies = list(page)
    notes = list_notes(movie_list, movies, page.start_index())
    context = {
        "movie_list": movie_list,
        "page": page,
        "cards": cards_for(request.user, movies, notes=notes),
        "is_own": movie_list.owner_id == request.user.pk,
        "key": key,
        "visibility_help": VISIBILITY_HELP[movie_list.visibility],
        "link": request.build_absolute_uri(movie_list.get_shared_url()),
    }
    return render(request, "movies/lists/list.html", context)
