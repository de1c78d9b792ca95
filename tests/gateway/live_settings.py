"""The site's settings, with plain static files: hashing and compressing them takes half a minute."""

from arena.settings import *  # noqa: F403
from arena.settings import STORAGES

STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
