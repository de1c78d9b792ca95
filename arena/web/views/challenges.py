"""Challenges: the list, one page each, and how far its pictures are."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from arena.battles.issuing import Scope as VoteScope
from arena.battles.issuing import candidates_in_play, population_for
from arena.catalog.models import Discipline
from arena.challenges.models import Category, Challenge, Prompt
from arena.generation.models import Generation, Slot
from arena.generation.slots import measure_progress
from arena.generation.trials import can_be_tried
from arena.ratings.boards import (
    count_by_challenge,
    read_board,
    read_matchups,
    shown_population,
    shown_populations,
)
from arena.ratings.datasets import Scope
from arena.web.cards import show_references
from arena.web.exhibits import show_exhibits
from arena.web.filters import Filter, read_filter, show_filtered
from arena.web.tables import draw_heatmap, lay_out

EXCERPT = 140
EVERY = Q()


@require_safe
@gzip_page
def challenges(request: HttpRequest) -> HttpResponse:
    return show_filtered(
        request,
        here=reverse("web:challenges"),
        page="web/challenges/page.html",
        fragment="web/challenges/_challenges.html",
        describe=_describe_list,
    )


def _describe_list(query: Mapping[str, str]) -> dict[str, Any]:
    filters, only = _read_filters(query)
    return {"filters": filters, "cards": challenge_cards(only=only), "filtered": bool(query)}


def _read_filters(query: Mapping[str, str]) -> tuple[list[Filter], Q]:
    """Return the filters that the address sets, and the challenges (as a condition) that pass."""
    public = Challenge.objects.exclude(status=Challenge.Status.DRAFT)
    told = set(public.values_list("discipline", flat=True).order_by())
    categories = Category.objects.filter(challenges__in=public).distinct()
    closed = Challenge.Status.CLOSED
    offers = {
        "discipline": (
            (_("Discipline"), _("All disciplines")),
            [(d.value, str(d.label)) for d in Discipline if d.value in told],
        ),
        "category": (
            (_("Category"), _("All categories")),
            [(category.slug, category.name) for category in categories],
        ),
        "status": (
            (_("Votes"), _("Open and closed")),
            [(Challenge.Status.OPEN.value, _("Open for votes")), (closed.value, _("Closed"))],
        ),
    }
    filters = [
        read_filter(name, *words, values=values, query=query, where="among the challenges")
        for name, (words, values) in offers.items()
    ]
    columns = {"discipline": "discipline", "category": "categories__slug", "status": "status"}
    return filters, Q(**{columns[f.name]: f.chosen for f in filters if f.chosen})


def challenge_cards(*, most: int | None = None, only: Q = EVERY) -> list[dict[str, Any]]:
    """Describe every challenge that is not a draft, with the votes and pictures of the shown population."""
    shown = shown_populations()
    public = Challenge.objects.exclude(status=Challenge.Status.DRAFT).filter(only)
    public = public.prefetch_related("categories", "references", "prompts")
    votes = count_by_challenge(shown)
    return [
        {
            "title": challenge.title,
            "slug": challenge.slug,
            "discipline_label": Discipline(challenge.discipline).label,
            "categories": [category.name for category in challenge.categories.all()],
            "prompt_excerpt": _excerpt(challenge),
            "status": challenge.status,
            "votes": votes.get(challenge.pk, 0),
            "population": shown[challenge.discipline],
            "progress": measure_progress(_slots(challenge, shown[challenge.discipline])),
            "references": show_references(challenge),
        }
        for challenge in public[:most]
    ]


@require_safe
@gzip_page
def challenge(request: HttpRequest, slug: str) -> HttpResponse:
    found = _public(slug)
    population = shown_population(discipline=found.discipline)
    scope = Scope(population, found.discipline, found.pk)
    published = read_board(scope)
    rows, ticks = lay_out(published)
    asked = _asked(found)
    context = {
        "challenge": found,
        "discipline_label": Discipline(found.discipline).label,
        "categories": [category.name for category in found.categories.all()],
        "prompts": [one["text"] for one in asked],
        "asked": asked,
        "references": show_references(found),
        **_progress(found, population),
        "rows": rows,
        "ticks": ticks,
        "heatmap": draw_heatmap(read_matchups(scope), order=published.rows),
        "votes": published.votes,
        "population": population,
        "declined": _declined(found, population),
        "vote_url": _vote_url(found),
        "gallery_url": reverse("web:gallery", query={"challenge": found.slug}),
        **show_exhibits(found, population=population, page=request.GET.get("shown", "1")),
    }
    return render(request, "web/challenge/page.html", context)


@require_safe
def progress(request: HttpRequest, slug: str) -> HttpResponse:
    found = _public(slug)
    population = shown_population(discipline=found.discipline)
    return render(request, "web/challenges/_progress.html", _progress(found, population))


def _vote_url(found: Challenge) -> str:
    """Where to vote on a challenge; empty while no two models have a picture there."""
    scope = VoteScope(challenge=found.slug)
    pairs = candidates_in_play(scope, population=population_for(scope))
    enough = pairs.values("slot__prompt").annotate(n=Count("slot__model", distinct=True))
    return reverse("web:vote_challenge", args=[found.slug]) if enough.filter(n__gte=2) else ""


def _public(slug: str) -> Challenge:
    found = Challenge.objects.exclude(status=Challenge.Status.DRAFT).filter(slug=slug).first()
    if found is None:
        raise Http404(f"There is no challenge “{slug[:80]}”.")
    return found


def _slots(found: Challenge, population: str) -> Any:
    return Slot.objects.filter(
        prompt__challenge=found, prompt__is_current=True, model__population=population
    )


def _progress(found: Challenge, population: str) -> dict[str, Any]:
    return {
        "progress": measure_progress(_slots(found, population)),
        "poll_url": reverse("web:challenge_progress", args=[found.slug]),
    }


def _is_asked(prompt: Prompt) -> bool:
    """Tell whether a prompt is what people vote on now; showcases stand beside their pictures."""
    return prompt.is_current and prompt.purpose == Prompt.Purpose.BATTLE


def _asked(found: Challenge) -> list[dict[str, str]]:
    """List what people vote on now, each with the way to try it, where the playground offers that.

    Nothing is told by it: whoever comes there finds the same words, and a picture that equals one in play is
    kept back. Edits are not tried.
    """
    prompts = found.prompts.all()
    offered = can_be_tried(found, prompts=prompts)
    return [
        {
            "text": prompt.text,
            "try_url": reverse(
                "web:playground", query={"challenge": found.slug, "prompt": prompt.position}
            )
            if offered
            else "",
        }
        for prompt in prompts
        if _is_asked(prompt)
    ]


def _excerpt(found: Challenge) -> str:
    prompts = [prompt.text for prompt in found.prompts.all() if _is_asked(prompt)]
    text = prompts[0] if prompts else ""
    return text if len(text) <= EXCERPT else text[: text.rfind(" ", 0, EXCERPT)] + " …"


def _declined(found: Challenge, population: str) -> dict[str, Any]:
    """List models whose slots ended without a picture, with the reason in their own words (I9).

    `models` of `asked` have no picture at all and none on the way: the challenge is beyond them.
    """
    slots = _slots(found, population)
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
