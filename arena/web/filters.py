"""Filters that live in an address: what may be chosen, what is, and a plain word about what cannot be."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django_htmx.http import push_url


@dataclass(frozen=True)
class Choice:
    """One value of a filter, with the words for it."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Filter:
    """A filter with the values on offer; `chosen` is the value of the address, or empty."""

    name: str
    label: str
    every: str
    choices: tuple[Choice, ...]
    chosen: str


def read_filter(
    name: str,
    label: str,
    every: str,
    *,
    values: Iterable[tuple[str, str]],
    query: Mapping[str, str],
    where: str,
    what: str = "",
) -> Filter:
    """Return a filter as an address sets it; `values` are pairs of value and words.

    Raises Http404 with a sentence where the address asks for something that is not on offer `where`;
    `what` says there what values are, unless the name does.
    """
    asked = query.get(name, "")
    choices = tuple(Choice(value, text, value == asked) for value, text in values)
    if asked and not any(choice.chosen for choice in choices):
        raise Http404(f"There is no {what or name} “{asked[:80]}” {where}.")
    return Filter(name=name, label=label, every=every, choices=choices, chosen=asked)


def show_filtered(
    request: HttpRequest,
    *,
    here: str,
    page: str,
    fragment: str,
    describe: Callable[[Mapping[str, str]], dict[str, Any]],
) -> HttpResponse:
    """Answer with a page, or for htmx with its fragment, that the address at `here` narrows.

    `describe` makes the templates' context of what was chosen. A form sends its empty fields too: the
    short address is what a reader is led to, and what htmx puts into the address bar.
    """
    query = {name: value for name, value in request.GET.dict().items() if value}
    address = f"{here}?{urlencode(query)}" if query else here
    htmx = request.htmx  # type: ignore[attr-defined]
    if len(query) < len(request.GET) and not htmx:
        return redirect(address)
    response = render(request, fragment if htmx else page, describe(query))
    # The page and its fragment share an address: caches and the Back button must not mix them up.
    patch_vary_headers(response, ["HX-Request"])
    return push_url(response, address) if htmx else response
