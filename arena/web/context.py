"""What every page knows: the population shown, the demo's counts, parts that are away."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import DisallowedHost
from django.db.models import Count, Q
from django.http import HttpRequest

from arena.battles.memory import Memory
from arena.battles.models import STANDING, Vote
from arena.catalog.models import Population
from arena.generation.pulse import QUEUES, away_queues
from arena.ratings.boards import shown_population

FRESH_FOR = 2.0


@dataclass(frozen=True)
class Site:
    population: str
    demo_votes: dict[str, int] | None
    away: list[str]
    nav: str
    canonical: str


_site: Memory[str, dict[str, Any]] = Memory(seconds=lambda: FRESH_FOR)


def site(request: HttpRequest) -> dict[str, Site]:
    """Give `site` to templates; what is the same for everybody is looked up at most every FRESH_FOR seconds."""
    same = _site.get("site", read=_look)
    nav = request.path.split("/")[1]
    return {"site": Site(**same, nav=nav, canonical=_canonical(request))}


def _canonical(request: HttpRequest) -> str:
    """Return the page's address without its query; empty for a host that the site does not answer to."""
    try:
        return request.build_absolute_uri(request.path)
    except DisallowedHost:
        return ""


def forget_site() -> None:
    """Look again at the next page; for tests."""
    _site.forget()


def _look() -> dict[str, Any]:
    population = shown_population()
    demo = population == Population.DEMO
    return {
        "population": population,
        "demo_votes": _demo_votes() if demo else None,
        "away": [QUEUES[queue] for queue in away_queues()],
    }


def _demo_votes() -> dict[str, int]:
    votes = Vote.objects.filter(STANDING, battle__population=Population.DEMO)
    counts: dict[str, int] = votes.aggregate(
        simulated=Count("pk", filter=Q(voter__simulated=True)),
        human=Count("pk", filter=Q(voter__simulated=False)),
    )
    return counts
