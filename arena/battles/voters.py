"""Who votes: a random number in a signed cookie."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from .models import Voter

SALT = "paragone.voter"


def read_voter(request: HttpRequest) -> Voter | None:
    """Return the voter of a request's cookie; None without a cookie, or with one that we did not sign."""
    cookie = request.COOKIES.get(settings.VOTER_COOKIE, "")
    try:
        voter_id = signing.loads(cookie, salt=SALT)
    except signing.BadSignature:
        return None
    return Voter.objects.filter(pk=voter_id).first() if isinstance(voter_id, int) else None


def set_voter(response: HttpResponseBase, *, voter: Voter) -> None:
    """Give the browser its cookie, for a year from now."""
    response.set_cookie(
        settings.VOTER_COOKIE,
        signing.dumps(voter.pk, salt=SALT),
        max_age=int(settings.VOTER_COOKIE_AGE.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
