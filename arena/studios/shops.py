"""Two demo providers that sell the studios: what is slow, and what fails, about each of them.

They exist so that price, speed and success pages have something measured to show. Pictures are the
same at both. Set PARAGONE_STUDIO_FAULTS=0 to switch the waiting and the failures off.
"""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A failure a shop answers with: HTTP status, code, sentence, seconds for Retry-After."""

    status: int
    code: str
    message: str
    kind: str = "server_error"
    retry_after: int | None = None


@dataclass(frozen=True)
class Shop:
    """A demo provider: usual seconds of `wait` before a drawing begins, share of calls `failing`."""

    name: str
    wait: tuple[float, float]
    failing: float


BUSY = Fault(503, "overloaded", "All easels are taken; try again shortly.", retry_after=1)
SPILT = Fault(500, "internal_error", "The paint was spilt; nothing was charged.")
TOO_FAST = Fault(
    429, "rate_limit_exceeded", "Too many orders at once.", kind="rate_limit_error", retry_after=1
)
FAULTS = (BUSY, BUSY, SPILT, TOO_FAST)

SHOPS: dict[str, Shop] = {
    "express": Shop("Easel Express", wait=(0.1, 0.5), failing=0.02),
    "economy": Shop("Easel Economy", wait=(0.8, 3.0), failing=0.10),
}


def toss_fault(shop: Shop, *, dice: random.Random) -> Fault | None:
    """Decide whether a call fails, and how."""
    return dice.choice(FAULTS) if dice.random() < shop.failing else None


def toss_wait(shop: Shop, *, dice: random.Random) -> float:
    """Seconds that a call waits: mostly near the lower end, now and then beyond the upper one."""
    low, high = shop.wait
    return low + (high - low) * min(dice.expovariate(3.0), 2.0)
