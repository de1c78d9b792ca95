"""Challenges: the list, one page each, and how far its pictures are."""

from collections import Counter
from typing import Any

from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from arena.battles.issuing import Scope as VoteScope
from arena.battles.issuing import candidates_in_play, population_for
from arena.catalog.models import Discipline
from arena.challenges.models import Challenge
from arena.generation.models import Generation, Slot
from arena.generation.slots import measure_progress
from arena.ratings.boards import read_board, read_matchups, shown_population
from arena.ratings.datasets import Scope
from arena.ratings.models import RatingRun
from arena.web.cards import show_references
from arena.web.tables import draw_heatmap, lay_out

EXCERPT = 140


@require_safe
def challenges(request: HttpRequest) -> HttpResponse:
    return render(request, "web/challenges/page.html", {"cards": challenge_cards()})


def challenge_cards(*, most: int | None = None) -> list[dict[str, Any]]:
    """Describe every challenge that is not a draft, with its votes and the state of its pictures."""
    public = Challenge.objects.exclude(status=Challenge.Status.DRAFT).prefetch_related(
        "categories", "references", "prompts"
    )
    votes = dict(
        RatingRun.objects.filter(
            population=shown_population(), challenge__isnull=False
        ).values_list("challenge", "votes")
    )
    return [
        {
            "title": challenge.title,
            "slug": challenge.slug,
            "discipline_label": Discipline(challenge.discipline).label,
            "categories": [category.name for category in challenge.categories.all()],
            "prompt_excerpt": _excerpt(challenge),
            "status": challenge.status,
            "votes": votes.get(challenge.pk, 0),
            "progress": measure_progress(_slots(challenge)),
            "references": show_references(challenge),
        }
        for challenge in public[:most]
    ]


@require_safe
def challenge(request: HttpRequest, slug: str) -> HttpResponse:
    found = _public(slug)
    scope = Scope(shown_population(), found.discipline, found.pk)
    published = read_board(scope)
    rows, ticks = lay_out(published)
    context = {
        "challenge": found,
        "discipline_label": Discipline(found.discipline).label,
        "categories": [category.name for category in found.categories.all()],
        "prompts": [
            prompt.text for prompt in found.prompts.filter(is_current=True).order_by("position")
        ],
        "references": show_references(found),
        **_progress(found),
        "rows": rows,
        "ticks": ticks,
        "heatmap": draw_heatmap(read_matchups(scope), order=published.rows),
        "votes": published.votes,
        "declined": _declined(found),
        "vote_url": _vote_url(found),
    }
    return render(request, "web/challenge/page.html", context)


@require_safe
def progress(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "web/challenges/_progress.html", _progress(_public(slug)))


def _vote_url(found: Challenge) -> str:
    """Where to vote on a challenge; empty while no two models have a picture there."""
    scope = VoteScope(challenge=found.slug)
    pairs = candidates_in_play(scope, population=population_for(scope))
    enough = pairs.values("slot__prompt").annotate(n=Count("slot__model", distinct=True))
    return reverse("web:vote_challenge", args=[found.slug]) if enough.filter(n__gte=2) else ""


def _public(slug: str) -> Challenge:
    return get_object_or_404(Challenge.objects.exclude(status=Challenge.Status.DRAFT), slug=slug)


def _slots(found: Challenge) -> Any:
    return Slot.objects.filter(prompt__challenge=found, prompt__is_current=True)


def _progress(found: Challenge) -> dict[str, Any]:
    return {
        "progress": measure_progress(_slots(found)),
        "poll_url": reverse("web:challenge_progress", args=[found.slug]),
    }


def _excerpt(found: Challenge) -> str:
    prompts = [prompt.text for prompt in found.prompts.all() if prompt.is_current]
    text = prompts[0] if prompts else ""
    return text if len(text) <= EXCERPT else text[: text.rfind(" ", 0, EXCERPT)] + " …"


def _declined(found: Challenge) -> dict[str, Any]:
    """List models whose slots ended without a picture, with the reason in their own words (I9).

    `models` of `asked` have no picture at all and none on the way: the challenge is beyond them.
    """
    slots = _slots(found)
    ended = slots.filter(finished_at__isnull=False, candidate__isnull=True)
    last = ended.annotate(last=Max("generations__pk")).values_list("last", flat=True)
    generations = Generation.objects.filter(pk__in=list(last)).select_related("slot__model")
    counts = Counter(
        (
            g.slot.model,
            g.message if g.state == Generation.State.REFUSED else f"{g.get_state_display()}.",
        )
        for g in generations
    )
    hopeful = set(slots.exclude(pk__in=ended.values("pk")).values_list("model", flat=True))
    return {
        "asked": slots.values("model").distinct().count(),
        "models": len({m.pk for m, _ in counts} - hopeful),
        "reasons": [
            {"name": m.name, "slug": m.slug, "is_demo": m.is_demo, "reason": reason, "count": count}
            for (m, reason), count in sorted(
                counts.items(), key=lambda item: (item[0][0].name, item[0][1])
            )
        ],
    }
