"""How fast and how reliably each provider makes a model's pictures, from the calls of the last 30 days.

Every ended call of the arena and of the gateway is counted under one of five names, and each is shown:

* stored: a picture came and was kept; only these calls have times.
* failed: time-outs, lost connections, server errors, rate limits, answers without a picture (`empty` of
  these) and answers or pictures that cannot be used. The success rate is stored / (stored + failed).
* refused, declined: the model does not do this prompt. A fact about the model, not an outage: not in the
  success rate.
* ours: our request, our account or our worker was at fault, which says nothing about the provider.

Shipped originals were not made here and never count. What runs, was cancelled or found no money is no call.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import connection

from arena.catalog.models import Discipline, ImageModel, Population
from arena.providers.types import Outcome
from arena.scoring.matchups import bound_rate

from .endings import CANCELLED, KEY_HELD_BACK, NOT_KEPT, WORKER_LOST, WRONG_SETUP
from .models import Generation
from .retries import NOT_PLANNED

DAYS = 30
# Below this many calls a median or a rate says nothing, and the provider is not ranked.
FEWEST_CALLS = 20

# States are named rather than left out, so that a new one counts only once somebody has thought of it.
ENDED = (
    Generation.State.STORED,
    Generation.State.REFUSED,
    Generation.State.EMPTY,
    Generation.State.FAILED,
    Generation.State.TIMED_OUT,
    Generation.State.UNCERTAIN,
)
ORIGINS = (
    Generation.Origin.ORDERED,
    Generation.Origin.GATEWAY,
    Generation.Origin.PLAYGROUND,
)
OURS = (
    Outcome.QUOTA,
    Outcome.AUTH,
    Outcome.BAD_REQUEST,
    Outcome.NOT_FOUND,
    WORKER_LOST,
    NOT_KEPT,
    NOT_PLANNED,
    KEY_HELD_BACK,
    WRONG_SETUP,
    CANCELLED,
)

COUNTED = ("slug", "name", "stored", "failed", "empty", "refused", "declined", "ours")
QUERY = """
with ended as (
    select coalesce(challenge.discipline, slot.asked ->> 'discipline') as discipline,
           offering.provider_id, call.outcome, call.total_ms, call.ttfb_ms,
           case when call.state = %(stored)s then 'stored'
                when call.state = %(refused)s and call.outcome = %(declined)s then 'declined'
                when call.state = %(refused)s then 'refused'
                when call.outcome = any(%(ours)s) then 'ours'
                else 'failed' end as kind
    from generation_generation call
    join catalog_offering offering on offering.id = call.offering_id
    join generation_slot slot on slot.id = call.slot_id
    left join challenges_prompt prompt on prompt.id = slot.prompt_id
    left join challenges_challenge challenge on challenge.id = prompt.challenge_id
    where offering.model_id = %(model)s and call.state = any(%(ended)s) and call.origin = any(%(origins)s)
      and call.ended_at > now() - make_interval(days => %(days)s)
),
faults as (
    select discipline, provider_id, jsonb_object_agg(outcome, n) as named
    from (select discipline, provider_id, outcome, count(*) as n
          from ended where kind in ('failed', 'ours') group by 1, 2, 3) counted
    group by 1, 2
),
offered as (
    select unnest(disciplines) as discipline, provider_id
    from catalog_offering where model_id = %(model)s and enabled
    union
    select discipline, provider_id from ended
)
select offered.discipline, provider.population, provider.slug, provider.name,
       count(*) filter (where kind = 'stored') as stored,
       count(*) filter (where kind = 'failed') as failed,
       count(*) filter (where kind = 'failed' and outcome = %(empty)s) as empty,
       count(*) filter (where kind = 'refused') as refused,
       count(*) filter (where kind = 'declined') as declined,
       count(*) filter (where kind = 'ours') as ours,
       coalesce(faults.named, '{}') as faults,
       percentile_cont(0.5) within group (order by total_ms) filter (where kind = 'stored') as p50_ms,
       percentile_cont(0.95) within group (order by total_ms) filter (where kind = 'stored') as p95_ms,
       percentile_cont(0.5) within group (order by ttfb_ms) filter (where kind = 'stored') as ttfb_ms
from offered
join catalog_provider provider on provider.id = offered.provider_id
left join ended using (discipline, provider_id)
left join faults using (discipline, provider_id)
group by offered.discipline, provider.id, faults.named
"""


@dataclass(frozen=True)
class Line:
    """One provider's calls for a model in a discipline; times in milliseconds, of stored calls alone.

    `faults` says how often each fault happened, the provider's and ours, by the names of outcomes. Times are
    None where no call was stored (`ttfb_ms` also where no dialect measures it).
    """

    slug: str
    name: str
    stored: int
    failed: int
    empty: int
    refused: int
    declined: int
    ours: int
    faults: Mapping[str, int]
    p50_ms: float | None
    p95_ms: float | None
    ttfb_ms: float | None

    @property
    def calls(self) -> int:
        """Calls that tell something about the provider: what the success rate is a share of."""
        return self.stored + self.failed

    @property
    def asked(self) -> int:
        """All calls, whatever their end."""
        return self.calls + self.refused + self.declined + self.ours

    @property
    def is_enough(self) -> bool:
        return self.calls >= FEWEST_CALLS

    @property
    def success(self) -> float:
        """The share of calls that brought a picture, 0 to 1; 0 without calls."""
        return self.stored / self.calls if self.calls else 0.0

    @property
    def success_bounds(self) -> tuple[float, float]:
        """Wilson's 95 % bounds of the success rate, 0 to 1; 0 to 1 without calls."""
        if not self.calls:
            return 0.0, 1.0
        low, high = bound_rate(points=self.stored, battles=self.calls)
        return float(low), float(high)

    @property
    def empty_rate(self) -> float:
        """The share of calls that were answered without a picture, 0 to 1."""
        return self.empty / self.calls if self.calls else 0.0

    @property
    def refusal_rate(self) -> float:
        """The share of all calls that the model refused by its rules, 0 to 1."""
        return self.refused / self.asked if self.asked else 0.0

    @property
    def decline_rate(self) -> float:
        """The share of all calls that the model declined as beyond it, 0 to 1."""
        return self.declined / self.asked if self.asked else 0.0


@dataclass(frozen=True)
class Ranking:
    """The providers of a model in one discipline and one population.

    `ranked`: those with enough calls, the fastest median first (without any picture: last). `waiting`: the
    others, most calls first.
    """

    discipline: str
    population: str
    ranked: tuple[Line, ...]
    waiting: tuple[Line, ...]

    @property
    def fastest(self) -> Line | None:
        """The first of the ranking, if it has made a picture at all."""
        return self.ranked[0] if self.ranked and self.ranked[0].p50_ms is not None else None


def measure_performance(*, model: ImageModel) -> list[Ranking]:
    """Measure every provider that offers a model or was asked for it, by one statement.

    Rankings are ordered by discipline as the model names them, real before demo. A provider's population is
    its own, but nothing of a demo model is real (I8).
    """
    with connection.cursor() as cursor:
        cursor.execute(QUERY, _arguments(model))
        rows = cursor.fetchall()
    found = [
        (discipline, Population.DEMO if model.is_demo else population, _line(values))
        for discipline, population, *values in rows
    ]
    disciplines, populations = list(Discipline.values), list(Population.values)
    found.sort(key=lambda row: (disciplines.index(row[0]), populations.index(row[1])))
    return [
        _rank([line for *_, line in group], discipline=discipline, population=population)
        for (discipline, population), group in groupby(found, key=lambda row: row[:2])
    ]


def _line(values: list[Any]) -> Line:
    *before, faults, p50_ms, p95_ms, ttfb_ms = values
    # Django hands JSON over as text where it does not know the column.
    counted = dict(zip(COUNTED, before, strict=True))
    return Line(**counted, faults=json.loads(faults), p50_ms=p50_ms, p95_ms=p95_ms, ttfb_ms=ttfb_ms)


def _arguments(model: ImageModel) -> dict[str, Any]:
    return {
        "model": model.pk,
        "days": DAYS,
        "ended": list(ENDED),
        "origins": list(ORIGINS),
        "ours": list(OURS),
        "stored": Generation.State.STORED,
        "refused": Generation.State.REFUSED,
        "declined": Outcome.DECLINED,
        "empty": Outcome.EMPTY,
    }


def _rank(lines: list[Line], *, discipline: str, population: str) -> Ranking:
    def slowness(line: Line) -> tuple[bool, float, float, str]:
        return line.p50_ms is None, line.p50_ms or 0.0, -line.success, line.slug

    return Ranking(
        discipline=discipline,
        population=population,
        ranked=tuple(sorted((line for line in lines if line.is_enough), key=slowness)),
        waiting=tuple(
            sorted(
                (line for line in lines if not line.is_enough),
                key=lambda line: (-line.calls, line.slug),
            )
        ),
    )
