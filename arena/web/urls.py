from django.urls import path

from .views import challenges, home, leaderboard, models, pictures, ranking, vote

app_name = "web"
urlpatterns = [
    path("", home.home, name="home"),
    path("progress/", home.progress, name="progress"),
    path("vote/", vote.vote, name="vote"),
    path("vote/challenge/<slug:slug>/", vote.vote_challenge, name="vote_challenge"),
    path("vote/<slug:discipline>/", vote.vote_discipline, name="vote_discipline"),
    path("battles/<str:token>/verdict/", vote.verdict, name="verdict"),
    path("battles/<str:token>/skip/", vote.skip, name="skip"),
    path("pictures/<str:name>.<str:ext>", pictures.picture, name="picture"),
    path("leaderboard/", leaderboard.leaderboard, name="leaderboard"),
    path("leaderboard/<slug:discipline>/", leaderboard.board, name="board"),
    path("models/", models.models, name="models"),
    path("models/<slug:slug>/", models.model, name="model"),
    path("challenges/", challenges.challenges, name="challenges"),
    path("challenges/<slug:slug>/", challenges.challenge, name="challenge"),
    path("challenges/<slug:slug>/progress/", challenges.progress, name="challenge_progress"),
    path("about/voting/", home.how, name="how"),
    path("about/ranking/", ranking.ranking, name="ranking"),
    path("robots.txt", home.robots, name="robots"),
]
