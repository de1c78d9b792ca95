"""How fast each model of a board is and how often it says no, over all its providers; as `performance` counts."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from arena.catalog.models import Population

from .models import Generation
from .performance import DAYS, ENDED, FEWEST_CALLS, ORIGINS, OURS

QUERY = """
select offering.model_id,
       count(*) filter (where call.state = %(stored)s),
       count(*) filter (where call.state = %(refused)s),
       count(*),
       percentile_cont(0.5) within group (order by total_ms) filter (where call.state = %(stored)s)
from generation_generation call
join catalog_offering offering on offering.id = call.offering_id
join catalog_imagemodel model on model.id = offering.model_id
join catalog_provider provider on provider.id = offering.provider_id
join generation_slot slot on slot.id = call.slot_id
left join challenges_prompt prompt on prompt.id = slot.prompt_id
left join challenges_challenge challenge on challenge.id = prompt.challenge_id
where call.state = any(%(ended)s) and call.origin = any(%(origins)s)
  and call.ended_at > now() - make_interval(days => %(days)s)
  and not (call.outcome = any(%(ours)s))
  and coalesce(challenge.discipline, slot.asked ->> 'discipline') = %(discipline)s
  and model.population = %(population)s
  and (provider.population = %(population)s or model.population = %(demo)s)
group by offering.model_id
"""


@dataclass(frozen=True)
class Pace:
    """One model's calls in a discipline; faults of ours are not among them.

    `p50_ms` is the median of stored calls in milliseconds, None without one. `refused` counts refusals
    and declines together.
    """

    stored: int
    refused: int
    asked: int
    p50_ms: float | None

    @property
    def is_fast_known(self) -> bool:
        """Enough pictures came for a median that says something."""
        return self.stored >= FEWEST_CALLS

    @property
    def is_refusal_known(self) -> bool:
        """Enough calls were made for a rate that says something."""
        return self.asked >= FEWEST_CALLS

    @property
    def refusal_rate(self) -> float:
        """The share of calls that the model refused or declined, 0 to 1; 0 without calls."""
        return self.refused / self.asked if self.asked else 0.0


def measure_pace(*, population: str, discipline: str) -> dict[int, Pace]:
    """Map each model (id) that was called in the last DAYS days to its pace, by one statement."""
    with connection.cursor() as cursor:
        cursor.execute(QUERY, _arguments(population, discipline))
        return {
            model: Pace(stored=stored, refused=refused, asked=asked, p50_ms=p50_ms)
            for model, stored, refused, asked, p50_ms in cursor.fetchall()
        }


def _arguments(population: str, discipline: str) -> dict[str, Any]:
    return {
        "population": population,
        "discipline": discipline,
        "demo": Population.DEMO,
        "days": DAYS,
        "ended": list(ENDED),
        "origins": list(ORIGINS),
        "ours": list(OURS),
        "stored": Generation.State.STORED,
        "refused": Generation.State.REFUSED,
    }
