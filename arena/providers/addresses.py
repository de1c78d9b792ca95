"""Which hosts may be connected to, and which may be sent a key."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from arena.providers.types import Endpoint

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_HOST_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*", re.ASCII)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def resolve_addresses(host: str, port: int) -> tuple[str, ...]:
    """Look a host up once; the answer is what gets checked and what gets connected to.

    Raises OSError when the name does not resolve.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public_address(address: str) -> bool:
    """Tell whether an IP address literal is reachable for everybody on the internet.

    IPv6 forms that carry an IPv4 address inside are judged by that address too.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour
        if inner is None and parsed.teredo is not None:
            inner = parsed.teredo[1]
        if inner is None and parsed in _NAT64:
            inner = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if inner is not None:
            return is_public_address(str(inner))
    return (
        parsed.is_global
        and not parsed.is_multicast
        and not parsed.is_reserved
        and not parsed.is_unspecified
    )


def split_origin(url: str) -> tuple[str, str, int]:
    """Split a URL into scheme, host and port.

    Raises ValueError for anything but plain http(s) URLs with a host and without a login in them.
    """
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError("only http and https addresses are called")
    if not parts.hostname or "@" in parts.netloc:
        raise ValueError("the address has no host, or a login in it")
    return parts.scheme, parts.hostname.lower(), parts.port or _DEFAULT_PORTS[parts.scheme]


def is_listed(entries: Iterable[str], *, host: str, port: int) -> bool:
    """Tell whether "host", "host:port" or ".suffix" entries name this host."""
    names = {host, f"{host}:{port}", f"[{host}]:{port}"}
    return any(
        entry.lower() in names or (entry.startswith(".") and host.endswith(entry.lower()))
        for entry in entries
    )


def is_released(patterns: Iterable[str], *, host: str, port: int) -> bool:
    """Tell whether "host", "host:port", "*.suffix" or "*-suffix" patterns, in lower case, name this host.

    Without a port they mean the usual ones, of this machine itself any.
    """
    names = [f"{host}:{port}", f"[{host}]:{port}"]
    if port in _DEFAULT_PORTS.values() or is_loopback(host):
        names += [host, f"[{host}]"]
    plain = _HOST_NAME.fullmatch(host) is not None
    return any(
        pattern in names
        or (plain and pattern.startswith("*") and any(n.endswith(pattern[1:]) for n in names))
        for pattern in patterns
    )


def is_loopback(host: str) -> bool:
    """Tell whether a host, as written, is this machine itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def may_have_key(endpoint: Endpoint, url: str) -> bool:
    """Tell whether this endpoint's key may be sent to a URL: its own origin or a listed host.

    By https alone, but for this machine itself: on the way nobody shall read it.
    """
    scheme, host, port = split_origin(url)
    if scheme != "https" and not is_loopback(host):
        return False
    if (scheme, host, port) == split_origin(endpoint.base_url):
        return True
    return is_listed(endpoint.key_hosts, host=host, port=port)
