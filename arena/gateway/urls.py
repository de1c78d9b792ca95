from django.urls import path

from . import views

app_name = "gateway"
urlpatterns = [
    path("v1/images/generations", views.generations, name="generations"),
    path("v1/images/edits", views.edits, name="edits"),
    path("v1/models", views.models, name="models"),
    path("v1/models/<path:name>", views.model, name="model"),
    path("v1/files/<str:token>", views.file, name="file"),
    # Whatever is no address here is still no page for browsers.
    path("", views.unknown),
    path("<path:rest>", views.unknown),
]
