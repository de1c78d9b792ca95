"""Who comes to the desk: staff of the group `curator`, and superusers; and the words they type."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache

# Staff, since only their votes are kept from counting: the desk shows names.
NEEDED = ("challenges.change_challenge", "generation.change_generation")

Given = ParamSpec("Given")
View = Callable[Concatenate[HttpRequest, Given], HttpResponse]


def curators_only(view: View[Given]) -> View[Given]:
    """Send strangers to the login and answer 403 to whoever is logged in and no curator."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        if not (request.user.is_staff and request.user.has_perms(NEEDED)):
            raise PermissionDenied("This page is for curators.")
        return view(request, *args, **kwargs)

    return guarded


def who(request: HttpRequest) -> User:
    """Return the curator of a guarded request."""
    assert isinstance(request.user, User)  # noqa: S101 - narrows the type
    return request.user


def read_reason(request: HttpRequest) -> str:
    """Read the words of a decision, as far as the database can hold them."""
    return request.POST.get("reason", "").replace("\0", "").strip()[:200]
