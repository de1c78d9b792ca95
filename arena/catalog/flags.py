"""The flags of providers and offerings: what may stand in them, so that nobody stumbles over them later."""

import re
from collections.abc import Mapping
from typing import Any

# What PostgreSQL or UTF-8 cannot hold.
UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
UNKEEPABLE_WORDS = "a character that cannot be kept (U+0000 or half of a pair)"


def holds_unkeepable(value: Any) -> bool:
    """Tell whether what JSON holds has a text, at any depth and names included, that cannot be stored."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and UNKEEPABLE.search(one):
            return True
        if isinstance(one, Mapping):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
    return False
