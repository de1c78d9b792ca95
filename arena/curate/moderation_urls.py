"""The curators' pages about what comes from outside: reports, suggestions, pictures, files."""

from django.urls import path

from . import bring, reports, suggestions

app_name = "moderation"
urlpatterns = [
    path("bring/", bring.bring, name="bring"),
    path("bring/<slug:token>/", bring.delivery, name="delivery"),
    path("suggestions/", suggestions.suggestions, name="suggestions"),
    path("suggestions/<int:pk>/", suggestions.decide, name="decide_suggestion"),
    path("reports/", reports.reports, name="reports"),
    path("reports/<int:pk>/", reports.reported_picture, name="reported_picture"),
]
