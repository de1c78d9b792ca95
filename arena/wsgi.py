"""The web server's entry point."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import URLResolver, get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arena.settings")

application = get_wsgi_application()


def _import_views(resolver: URLResolver) -> None:
    """Import what Django would import at a process's first request: before the server forks, it is shared."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            _import_views(pattern)


_import_views(get_resolver())
