"""Includes the audiences, nothing else."""

from django.urls import include, path

urlpatterns = [
    path("", include("arena.web.urls")),
    path("staff/", include("arena.curate.urls")),
    path("", include("arena.ops.urls")),
]

handler400 = "arena.web.errors.bad_request"
handler403 = "arena.web.errors.forbidden"
handler404 = "arena.web.errors.not_found"
handler500 = "arena.web.errors.server_error"
