"""View of the movie page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from movies.cards import marks_on, movie_of_page
from movies.movie_page.histogram import histogram_of
from movies.movie_page.share_image import Share


@require_safe
def detail(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    movie = movie_of_page(pk, request.user)
    if movie is None:
        raise Http404
    if slug != movie.slug:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(movie.get_absolute_url() + query, permanent=True)
    context = {
        "movie": movie,
        "marks": marks_on(movie),
        "histogram": histogram_of(movie),
        "share": Share(movie),
    }
    return render(request, "movies/movie_page/detail.html", context)
