"""The flags of providers and offerings: what may stand in them, so that nobody stumbles over them later."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from arena.providers.flags import find_wrong_flags, find_wrong_kinds, join_flags

from .models import Discipline, Offering, Provider
from .price_lists import SIZE_CLASSES

# What PostgreSQL or UTF-8 cannot hold.
UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
UNKEEPABLE_WORDS = "a character that cannot be kept (U+0000 or half of a pair)"
SIZE_NAMES = frozenset(name for _, name in SIZE_CLASSES)
# Every offering is looked at whenever slots are planned; few flags are new.
KNOWN_FLAGS = 4096


def own_flags(row: Provider | Offering) -> Mapping[str, Any]:
    """Return a row's flags; none where something else was stored in their place."""
    return row.options if isinstance(row.options, dict) else {}


def flags_of(offering: Offering) -> dict[str, Any]:
    """Join the flags of an offering's provider and its own."""
    return {**own_flags(offering.provider), **own_flags(offering)}


def read_flags_of(offering: Offering, *, features: Collection[str]) -> dict[str, Any]:
    """Join the flags of an offering's dialect, its provider and its own, and of editing where that is used."""
    editing = Discipline.IMAGE_EDITING in features
    return join_flags(offering.provider.dialect, flags_of(offering), editing=editing)


def say_wrong_flags(offering: Offering) -> str:
    """Say what is wrong with an offering's flags, joined with its provider's; "" where they can be followed."""
    told = [
        offering.provider.dialect,
        offering.provider.options,
        offering.options,
        sorted(offering.disciplines),
    ]
    return _say_wrong(json.dumps(told))


@lru_cache(maxsize=KNOWN_FLAGS)
def _say_wrong(told: str) -> str:
    dialect, provider, own, disciplines = json.loads(told)
    for options in (provider, own):
        for sentence in find_wrong_kinds(options):
            return sentence
    joined = {**provider, **own}
    for sentence in find_wrong_flags(dialect, joined, disciplines=disciplines):
        return sentence
    return next(_find_wrong_sizes(joined), "")


def _find_wrong_sizes(options: Mapping[str, Any]) -> Iterator[str]:
    """A size that `extra_body` fixes must be one that prices can be told for."""
    for flags in (options, options.get("editing", {})):
        size = flags.get("extra_body", {}).get("size")
        if size is not None and read_fixed_size(size) is None:
            yield (
                'The "size" in "extra_body" must be pixels such as "1024x1024", or '
                f"{', '.join(sorted(SIZE_NAMES))}: prices depend on it."
            )


def read_fixed_size(size: Any) -> tuple[int, int] | str | None:
    """Read a size as `extra_body` names it: pixels, a price list's class of sizes, or None for neither."""
    if str(size) in SIZE_NAMES:
        return str(size)
    found = re.fullmatch(r"([1-9]\d{0,4})x([1-9]\d{0,4})", str(size).lower(), re.ASCII)
    return (int(found[1]), int(found[2])) if found else None


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
