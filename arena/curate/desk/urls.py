"""The curators' desk at `/curate/`."""

from django.urls import path

from . import calls, challenge, home, pictures

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("history/", home.history, name="history"),
    path("history/<int:pk>/undo/", home.undo, name="undo"),
    path("challenges/", challenge.challenges, name="challenges"),
    path("challenges/new/", challenge.create, name="new"),
    path("challenges/<int:pk>/", challenge.page, name="challenge"),
    path("challenges/<int:pk>/settings/", challenge.save_settings, name="settings"),
    path("challenges/<int:pk>/prompts/", challenge.save_prompt, name="prompts"),
    path("challenges/<int:pk>/references/", challenge.attach, name="references"),
    path("challenges/<int:pk>/references/<int:number>/", challenge.detach, name="detach"),
    path("challenges/<int:pk>/order/", challenge.order, name="order"),
    path("challenges/<int:pk>/cap/", challenge.save_cap, name="cap"),
    path("challenges/<int:pk>/schedule/", challenge.schedule, name="schedule"),
    path("challenges/<int:pk>/move/", challenge.move, name="move"),
    path("challenges/<int:pk>/progress/", challenge.progress, name="progress"),
    path("challenges/<int:pk>/pictures/", pictures.pictures, name="pictures"),
    path("pictures/<int:pk>/", pictures.decide, name="decide"),
    path("calls/<int:pk>/", calls.call, name="call"),
    path("batches/<int:pk>/", calls.move_batch, name="batch"),
    path("breakers/<int:pk>/", calls.ask_again, name="breaker"),
]
