"""The door for curators."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .login import find_user


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def enter(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """Ask for a click before the link is used up, since mail scanners and previews follow links too."""
    user = find_user(key=key, token=token)
    if user is None:
        return render(request, "curate/enter/used.html", status=410)
    if request.method != "POST":
        return render(request, "curate/enter/page.html", {"username": user.get_username()})
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("desk:home")
