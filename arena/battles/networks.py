"""Tells networks apart without keeping any address: a hash whose salt changes with the day."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from arena.generation.models import Trial

from .models import Report, Suggestion, Voter

SALT = "paragone.network"
# What one household or company is usually given.
PREFIX = {4: 24, 6: 48}


def hash_network(request: HttpRequest) -> str:
    """Hash the network a request comes from, with SECRET_KEY and the date; empty where there is no address.

    Hashes of different days cannot be compared.
    """
    network = network_of(_address(request))
    today = timezone.now().date().isoformat()
    return salted_hmac(f"{SALT}.{today}", network).hexdigest()[:32] if network else ""


def forget_networks() -> int:
    """Blank the hashes of earlier days, which no cap asks for any more; return how many there were."""
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    tables = (Voter, Report, Suggestion, Trial)
    earlier = (rows.objects.filter(created_at__lt=today) for rows in tables)
    return sum(rows.exclude(network="").update(network="") for rows in earlier)


def network_of(address: str) -> str:
    """Name the network of an address: /24 of IPv4, /48 of IPv6; empty for what is no address."""
    try:
        found = ip_address(_without_port(address))
        if isinstance(found, IPv6Address):
            found = found.ipv4_mapped or found
        return str(ip_network(f"{found}/{PREFIX[found.version]}", strict=False))
    except ValueError:
        return ""


def _address(request: HttpRequest) -> str:
    """The peer; behind our own proxy the one it saw, which it wrote last: what stands before may be forged."""
    if settings.BEHIND_TLS and "HTTP_X_FORWARDED_FOR" in request.META:
        return str(request.META["HTTP_X_FORWARDED_FOR"]).rpartition(",")[2]
    return str(request.META.get("REMOTE_ADDR", ""))


def _without_port(address: str) -> str:
    """Some proxies write the port too: 203.0.113.7:4711 or [2001:db8::7]:4711."""
    address = address.strip()
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
