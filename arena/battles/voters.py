"""Who votes: a random number in a signed cookie."""

from django.conf import settings
from django.core import signing
from django.db import connection, transaction
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponseBase

from .caps import HOUR, NEW_VOTERS_PER_HOUR
from .models import Voter
from .networks import hash_network

SALT = "paragone.voter"


def read_voter(request: HttpRequest) -> Voter | None:
    """Return the voter of a request's cookie; None without one, with a forged one, or when forgotten."""
    voter_id = read_voter_id(request)
    return Voter.objects.filter(pk=voter_id, forgotten_at=None).first() if voter_id else None


def read_voter_id(request: HttpRequest) -> int | None:
    """Return the number in a request's cookie without asking whether this voter still is one."""
    cookie = request.COOKIES.get(settings.VOTER_COOKIE, "")
    try:
        voter_id = signing.loads(cookie, salt=SALT)
    except signing.BadSignature:
        return None
    return voter_id if isinstance(voter_id, int) else None


@transaction.atomic
def create_voter(request: HttpRequest) -> Voter:
    """Make a voter for a browser that has none; it is `crowded` where its network brought too many already."""
    network = hash_network(request)
    return Voter.objects.create(network=network, crowded=bool(network) and _is_crowded(network))


def _is_crowded(network: str) -> bool:
    """Tell whether this hour's new voters of a network are used up; voters of one network wait in line."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [int(network[:15], 16)])
    fresh = Voter.objects.filter(network=network, created_at__gt=Now() - HOUR)
    return fresh.count() >= NEW_VOTERS_PER_HOUR


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
