"""The Content-Security-Policy, which is the same for every page: composed once, not for each answer."""

from collections.abc import Callable

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

# Django's own pages about mistakes, which only developers see, hold their styles and scripts inline.
DEBUG_PAGES = (404, 500)

Handler = Callable[[HttpRequest], HttpResponseBase]


def content_security_policy(get_response: Handler) -> Handler:
    """Add the policy of the settings to what has none."""
    policy = build_policy()

    def add(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not (settings.DEBUG and response.status_code in DEBUG_PAGES):
            response.headers.setdefault(HEADER, policy)
        return response

    return add
