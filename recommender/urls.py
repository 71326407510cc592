from django.urls import include, path

from recommender import profile_page, views, what_if_page
from recommender.lesson.views import how_it_works
from recommender.taste.views import taste
from recommender.years import views as years

urlpatterns = [
    path("", views.home, name="home"),
    path("learning/", views.learning, name="learning"),
    path("shelves/", views.shelves, name="shelves"),
    path("try/", views.try_out, name="try"),
    path("movies/<int:pk>/similar/", views.similar, name="similar"),
    path("how-it-works/", how_it_works, name="how-it-works"),
    path("accuracy/", views.accuracy, name="accuracy"),
    path("movies/<int:pk>/what-if/", what_if_page.what_if, name="what-if"),
    path("me/boldness/", views.boldness, name="boldness"),
    path("me/taste/", taste, name="taste"),
    path("me/year/", years.latest, name="latest-year"),
    path("me/year/<int:year>/", years.year, name="year"),
    path("people/<str:username>/", profile_page.person, name="person"),
    path("together/", include("recommender.together.urls")),
    path("start/", include("recommender.onboarding.urls")),
]
