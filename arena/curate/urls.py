from django.contrib import admin
from django.urls import include, path

from . import views

urlpatterns = [
    path(
        "",
        include(
            ([path("enter/<str:key>/<str:token>/", views.enter, name="enter")], "curate"),
            namespace="curate",
        ),
    ),
    path("", admin.site.urls),
]
