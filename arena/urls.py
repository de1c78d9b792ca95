"""Includes the audiences, nothing else."""

from django.urls import include, path

urlpatterns = [
    path("", include("arena.web.urls")),
    path("curate/", include("arena.curate.desk.urls")),
    path("curate/catalogue/", include("arena.curate.catalogue.urls")),
    path("curate/", include("arena.curate.moderation_urls")),
    path("staff/", include("arena.curate.urls")),
    path("openai/", include("arena.gateway.urls")),
    path("", include("arena.api.urls")),
    path("", include("arena.ops.urls")),
]

handler400 = "arena.web.errors.bad_request"
handler403 = "arena.web.errors.forbidden"
handler404 = "arena.web.errors.not_found"
handler500 = "arena.web.errors.server_error"
