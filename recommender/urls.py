from django.urls import include, path

from recommender.accuracy.views import accuracy
from recommender.home import views as home_views
from recommender.lesson.views import how_it_works
from recommender.movie_page.views import similar, why
from recommender.movie_page.what_if import what_if
from recommender.profiles.views import profile
from recommender.taste import views as taste_views
from recommender.tryout.views import try_out
from recommender.year_in_review import views as year_views

urlpatterns = [
    path("", home_views.home, name="home"),
    path("learning/", home_views.learning, name="learning"),
    path("shelves/", home_views.shelves, name="shelves"),
    path("try/", try_out, name="try"),
    path("movies/<int:pk>/similar/", similar, name="similar"),
    path("how-it-works/", how_it_works, name="how-it-works"),
    path("accuracy/", accuracy, name="accuracy"),
    path("movies/<int:pk>/why/", why, name="why"),
    path("movies/<int:pk>/what-if/", what_if, name="what-if"),
    path("me/boldness/", home_views.boldness, name="boldness"),
    path("me/taste/", taste_views.taste, name="taste"),
    path("me/taste/statistics/", taste_views.statistics, name="taste-statistics"),
    path("me/year/", year_views.latest, name="latest-year"),
    path("me/year/<int:year>/", year_views.year, name="year"),
    path("people/<str:username>/", profile, name="person"),
    path("together/", include("recommender.groups.urls")),
    path("start/", include("recommender.onboarding.urls")),
]
