"""Asks for the pictures of one call and gathers what came of them."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection

from arena.clients.keys import KeyRefused
from arena.generation.endings import OF_THE_SITE
from arena.generation.on_demand import (
    Made,
    NoMoney,
    NoRoute,
    NotMade,
    TooBusy,
    make_on_demand,
)
from arena.generation.quotas import (
    OverQuota,
    check_calls,
    plan_within_quota,
    seconds_of_day_left,
)
from arena.providers.types import Outcome, Reference

from .asking import Asked
from .door import Caller, full
from .errors import SERVER, GatewayError, invalid, no_allowance, too_large, too_many
from .naming import Route

log = logging.getLogger(__name__)

NO_ROUTE_RETRY_AFTER = 30
RATE_RETRY_AFTER = 10
# What callers are told; whose cap, key or breaker it was stands in the log: that is for the operator.
BUSY = "No provider of this model has room at the moment."
NO_ROUTE = "No provider of this model can be asked at the moment."
NO_MONEY = (
    "A quota of this key, or a spending cap of this site, leaves no room for what this may cost."
)


@dataclass(frozen=True)
class Gathered:
    """What came of the pictures of one call, in their order: at least one was made."""

    made: tuple[Made, ...]
    failed: tuple[GatewayError, ...] = field(default=())

    @property
    def cost(self) -> Decimal | None:
        """Dollars of all pictures; None where the price of one is not known."""
        costs = [made.cost for made in self.made]
        return None if None in costs else sum((c for c in costs if c is not None), Decimal(0))

    @property
    def attempts(self) -> int:
        """Calls to providers, those for pictures that failed included."""
        return sum(made.attempts for made in self.made) + sum(
            int(error.headers.get("X-Paragone-Attempts", 0)) for error in self.failed
        )

    @property
    def providers(self) -> tuple[str, ...]:
        """The providers of the pictures, each once."""
        return tuple(dict.fromkeys(made.provider_slug for made in self.made))


def make_pictures(
    *,
    route: Route,
    asked: Asked,
    discipline: str,
    references: tuple[Reference, ...],
    caller: Caller,
) -> Gathered:
    """Make all pictures of a call, each a generation of its own, side by side.

    Raises GatewayError: before anything is asked where the key or this process has no room for all of them,
    and with the first one's failure where none could be made.
    """
    try:
        check_calls(caller.key, pictures=asked.pictures)
    except OverQuota as error:
        raise name_error(error) from error
    at_once = min(asked.pictures, settings.GATEWAY_CALLS)
    if at_once > 1 and not caller.hold.take(at_once - 1):
        raise full()

    def make_one(number: int) -> Made | GatewayError:
        wish = asked.describe(discipline=discipline, number=number)
        return _try(lambda: _make(route, wish, references=references, caller=caller), caller=caller)

    if asked.pictures == 1:
        ends = [make_one(0)]
    else:
        connection.close()
        with ThreadPoolExecutor(at_once, thread_name_prefix="gateway") as pool:
            ends = list(pool.map(make_one, range(asked.pictures)))
    made = tuple(end for end in ends if isinstance(end, Made))
    failed = tuple(end for end in ends if isinstance(end, GatewayError))
    if not made:
        raise failed[0]
    return Gathered(made, failed)


def _make(
    route: Route, wish: dict[str, Any], *, references: tuple[Reference, ...], caller: Caller
) -> Made:
    generation = plan_within_quota(
        model=route.model,
        asked=wish,
        api_key=caller.key,
        offering=route.offering,
        references=len(references),
    )
    log.info("%s: generation %s for %s", caller.request_id, generation.pk, caller.key.prefix)
    connection.close()
    return make_on_demand(generation=generation, references=references)


def _try(make: Callable[[], Made], *, caller: Caller) -> Made | GatewayError:
    """Give what was made, or the named reason why not; the thread's database connection goes back."""
    try:
        return make()
    except (KeyRefused, NoRoute, NotMade, NoMoney, OverQuota, TooBusy) as error:
        log.info("%s: %s: %s", caller.request_id, type(error).__name__, error)
        return name_error(error)
    finally:
        connection.close()


def name_error(error: Exception) -> GatewayError:
    """Say in OpenAI's words why no picture was made."""
    match error:
        case OverQuota():
            return no_allowance(error.sentence, retry_after=error.retry_after)
        case NoMoney():
            return no_allowance(NO_MONEY, retry_after=seconds_of_day_left())
        case TooBusy():
            return too_many(BUSY, retry_after=error.retry_after)
        case KeyRefused():
            return GatewayError(401, error.sentence, code="invalid_api_key")
        case NoRoute():
            return GatewayError(
                503,
                NO_ROUTE,
                kind=SERVER,
                code="no_provider_available",
                retry_after=NO_ROUTE_RETRY_AFTER,
            )
        case NotMade():
            told = _name_end(error)
            told.headers["X-Paragone-Attempts"] = str(error.attempts)
            return told
    raise error


def _name_end(error: NotMade) -> GatewayError:
    """Name the end of a call that was made; after 5xx nothing may be sent again by itself: it may cost again."""
    kind, said = "image_generation_user_error", str(error)
    match error.outcome:
        case Outcome.REFUSED:
            return GatewayError(400, said, kind=kind, code="moderation_blocked")
        case Outcome.DECLINED:
            return GatewayError(400, said, kind=kind, code="declined")
        case Outcome.BAD_REQUEST:
            return invalid(said, param=None, code="rejected_by_provider")
        case Outcome.TOO_LARGE:
            return too_large(said)
        case Outcome.RATE_LIMITED:
            return too_many(said, retry_after=RATE_RETRY_AFTER)
        case Outcome.TIMEOUT:
            told = f"{said} ({_count(error.attempts)}){_maybe_charged(error)}"
            return GatewayError(504, told, kind=SERVER, code="deadline_exceeded", again=False)
    if error.uncertain or error.outcome == Outcome.UNCERTAIN:
        told = f"The provider's answer was lost.{_maybe_charged(error)}"
        return GatewayError(502, told, kind=SERVER, code="answer_lost", again=False)
    if error.outcome in OF_THE_SITE:
        said = "This site is not set up to use its provider at the moment."
    return GatewayError(
        502,
        f"No provider made the picture ({_count(error.attempts)}). {said}",
        kind=SERVER,
        code="all_providers_exhausted",
        again=False,
    )


def _maybe_charged(error: NotMade) -> str:
    said = " The picture may have been charged, so it was not asked for again."
    return said if error.uncertain else ""


def _count(attempts: int) -> str:
    return f"{attempts} attempt{'' if attempts == 1 else 's'}"
