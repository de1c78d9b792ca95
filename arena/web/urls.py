from django.urls import path

from .views import challenges, home, leaderboard, me, models, pictures, ranking, transparency, vote

app_name = "web"
urlpatterns = [
    path("", home.home, name="home"),
    path("progress/", home.progress, name="progress"),
    path("vote/", vote.vote, name="vote"),
    path("vote/challenge/<slug:slug>/", vote.vote_challenge, name="vote_challenge"),
    path("vote/category/<slug:slug>/", vote.vote_category, name="vote_category"),
    path("vote/<slug:discipline>/", vote.vote_discipline, name="vote_discipline"),
    path("battles/<str:token>/verdict/", vote.verdict, name="verdict"),
    path("battles/<str:token>/skip/", vote.skip, name="skip"),
    path("battles/<str:token>/undo/", vote.undo, name="undo"),
    path("pictures/<str:name>.<str:ext>", pictures.picture, name="picture"),
    path("leaderboard/", leaderboard.leaderboard, name="leaderboard"),
    path("leaderboard/<slug:discipline>/", leaderboard.board, name="board"),
    path("models/", models.models, name="models"),
    path("models/<slug:slug>/", models.model, name="model"),
    path("challenges/", challenges.challenges, name="challenges"),
    path("challenges/<slug:slug>/", challenges.challenge, name="challenge"),
    path("challenges/<slug:slug>/progress/", challenges.progress, name="challenge_progress"),
    path("me/", me.me, name="me"),
    path("me/export.json", me.export, name="me_export"),
    path("me/forget/", me.forget, name="me_forget"),
    path("about/voting/", home.how, name="how"),
    path("about/ranking/", ranking.ranking, name="ranking"),
    path("about/transparency/", transparency.transparency, name="transparency"),
    path("robots.txt", home.robots, name="robots"),
]
