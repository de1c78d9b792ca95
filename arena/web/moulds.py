"""Fragments that are rendered once and then only filled in: a template takes milliseconds, a vote should not.

A template is rendered with marks in the place of what differs from answer to answer, and the text is
cut at the marks. All else that a template sees, the shape, is the key under which the pieces are kept.
"""

import re
import secrets
from collections.abc import Callable, Hashable, Mapping
from html import escape  # Django's does the same and costs twice as much

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from arena.battles.memory import Memory

# Nobody who writes a prompt can know the marks of a process. Letters and digits alone, so that they
# come through escaping and through addresses unchanged.
_LEFT, _RIGHT = f"x{secrets.token_hex(8)}x", f"x{secrets.token_hex(8)}x"
_CUT = re.compile(f"{_LEFT}(\\w+?){_RIGHT}")

# Texts and names of the slots between them, in turns.
Mould = tuple[str, ...]

_moulds: Memory[Hashable, Mould] = Memory(seconds=lambda: settings.CARD_SECONDS, most=2_000)


def mark(name: str) -> str:
    """Return what a template is given in the place of the value `name`."""
    return f"{_LEFT}{name}{_RIGHT}"


def take_mould(
    template: str, shape: Hashable, *, context: Callable[[], Mapping[str, object]]
) -> Mould:
    """Return a template's mould, from its marked context where the shape is new.

    The shape must tell apart all that the template decides by and all unmarked text.
    """
    key = (template, get_language(), shape)
    return _moulds.get(key, read=lambda: cut(render_to_string(template, {**context()})))


def cut(text: str) -> Mould:
    """Cut a rendered text at its marks."""
    return tuple(_CUT.split(text))


def fill(mould: Mould, values: Mapping[str, object]) -> SafeString:
    """Put values, escaped, into the slots of a mould. Raises KeyError where one is lacking."""
    pieces = list(mould)
    pieces[1::2] = [escape(str(values[name])) for name in mould[1::2]]
    return mark_safe("".join(pieces))  # noqa: S308
