"""The curators' pages about the catalogue at `/curate/catalogue/`."""

from django.urls import path

from arena.curate.exchange import pages

from . import lists, models, prices, providers, words

app_name = "catalogue"
urlpatterns = [
    path("", lists.models, name="models"),
    path("new/model/", models.create, name="new_model"),
    path("new/provider/", providers.create, name="new_provider"),
    path("new/lab/", providers.create_lab, name="new_lab"),
    path("models/<slug:slug>/", models.model, name="model"),
    path("models/<slug:slug>/offerings/", models.add_offering, name="add_offering"),
    path("models/<slug:slug>/words/", words.words, name="words"),
    path("models/<slug:slug>/words/<slug:section>/", words.text, name="text"),
    path("models/<slug:slug>/claims/", words.claims, name="claims"),
    path("offerings/<int:pk>/", models.offering, name="offering"),
    path("offerings/<int:pk>/prices/", prices.add_list, name="prices"),
    path("providers/", lists.providers, name="providers"),
    path("providers/<slug:slug>/", providers.provider, name="provider"),
    path("labs/<slug:slug>/", providers.lab, name="lab"),
    path("exchange/", pages.exchange, name="exchange"),
    path("exchange/<slug:name>.<str:ending>", pages.export, name="export"),
]
