"""Which host may be sent which key. The operator says so in KEY_HOSTS; curators choose only among that.

Whoever may write a provider's row could otherwise have any variable of the environment sent to any host.
"""

import re
from collections.abc import Iterator

from django.conf import settings

from arena.providers.addresses import is_loopback, is_released, split_origin

from .flags import flags_of, own_flags
from .models import Offering, Provider

VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{1,79}")
# Words of a variable's name are words; a long run of capitals and digits is somebody's key.
LONGEST_WORD = 15
NO_KEYS_HERE = (
    "This looks like a key and not like the name of a variable. Keys are never kept here: put it into the "
    "environment of the server and write the variable's name, such as OPENAI_API_KEY."
)
LOCAL_PATH = "At the studio server it is a path that begins with /: its address is a setting."


def is_variable_name(words: str) -> bool:
    """Tell whether words are the name of an environment variable and no key that was pasted in its place."""
    return bool(VARIABLE.fullmatch(words)) and all(
        len(part) <= LONGEST_WORD for part in words.split("_")
    )


def address_of(provider: Provider) -> str:
    """Return where a provider is asked; the studio server's own address is the operator's."""
    if provider.is_local:
        return f"{settings.STUDIOS_URL}{provider.base_url or '/v1'}"
    return provider.base_url


def why_no_address(provider: Provider) -> str:
    """Say why a provider's address cannot be called, or "" where it can."""
    try:
        split_origin(address_of(provider))
    except ValueError as error:
        return f"The address of {provider.name} is none that can be called: {error}."
    return ""


def find_key_faults(provider: Provider) -> Iterator[tuple[str, str]]:
    """Yield field and sentence of why a provider may not have the key that its row names."""
    variable = provider.key_variable
    if provider.is_local and provider.base_url and not provider.base_url.startswith("/"):
        yield "base_url", LOCAL_PATH
        return
    if not variable:
        return
    if not is_variable_name(variable):
        yield "key_variable", NO_KEYS_HERE
        return
    released = settings.KEY_HOSTS.get(variable)
    if released is None:
        yield "key_variable", _say_unreleased(variable)
        return
    try:
        scheme, host, port = split_origin(address_of(provider))
    except ValueError as error:
        yield "base_url", f"The key {variable} is sent nowhere: {error}."
        return
    if scheme != "https" and not is_loopback(host):
        yield (
            "base_url",
            f"The key {variable} is sent to {host} by https alone: begin with https://.",
        )
    elif not provider.is_local and not is_released(released, host=host, port=port):
        yield "base_url", _say_no_host(variable, host if port in (80, 443) else f"{host}:{port}")
    for fault in _find_hosts_beyond(variable, own_flags(provider).get("key_hosts")):
        yield "options", fault


def find_offered_key_faults(offering: Offering) -> Iterator[tuple[str, str]]:
    """Yield field and sentence of why an offering's flags may not send its provider's key further."""
    variable = offering.provider.key_variable
    for fault in _find_hosts_beyond(variable, flags_of(offering).get("key_hosts")):
        yield "options", fault


def why_held_back(offering: Offering) -> str:
    """Say why an offering's key may not leave this server, or "" where it may or none is needed."""
    for _, fault in (*find_key_faults(offering.provider), *find_offered_key_faults(offering)):
        return fault
    return ""


def _find_hosts_beyond(variable: str, hosts: object) -> Iterator[str]:
    """Yield a sentence for each host of the flag `key_hosts` that the variable's key may not be sent to."""
    released = settings.KEY_HOSTS.get(variable, ())
    for entry in hosts if variable and isinstance(hosts, list) else ():
        if not _is_entry_released(released, str(entry).lower()):
            yield _say_no_host(variable, str(entry)[:100])


def _is_entry_released(released: tuple[str, ...], entry: str) -> bool:
    """An entry that names all hosts below a name needs a pattern for as many."""
    if entry.startswith("."):
        return any(p.startswith("*.") and entry.endswith(p[1:]) for p in released)
    try:
        _, host, port = split_origin(f"https://{entry}")
    except ValueError:
        return False
    return is_released(released, host=host, port=port)


def _say_no_host(variable: str, host: str) -> str:
    return (
        f"The key {variable} may not be sent to {host}: the operator names the hosts that may get it in the "
        "setting KEY_HOSTS."
    )


def _say_unreleased(variable: str) -> str:
    return (
        f"The variable {variable} is sent to nobody: the operator releases it, with the hosts that may get "
        f"it, in the setting KEY_HOSTS, as {variable}=images.example.org."
    )
