"""What a voter's page is handed: before the verdict nothing that names a model, after it the names."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.urls import reverse

from arena.battles.issuing import Scope
from arena.battles.memory import Memory
from arena.battles.models import Battle, Verdict, Vote, Voter
from arena.battles.undo import UNDO_FOR
from arena.battles.verdicts import NAME_KNOWN, REASONS
from arena.catalog.models import Discipline
from arena.challenges.models import Category, Challenge
from arena.ratings.boards import read_ratings
from arena.ratings.datasets import Scope as BoardScope
from arena.web.cards import (
    PictureCard,
    PromptCard,
    ShownReference,
    read_pictures,
    read_prompts,
)

SET_SIZE = 15
# Ratings by model of a population's discipline, for reveals.
_ratings: Memory[tuple[str, str], dict[int, tuple[float, float]]] = Memory(
    seconds=lambda: settings.POOL_SECONDS
)
VERBS = {
    Verdict.LEFT: "beat",
    Verdict.RIGHT: "lost to",
    Verdict.TIE: "tied with",
    Verdict.BOTH_BAD: "as bad as",
}


@dataclass(frozen=True)
class ShownPicture:
    avif_1024: str
    avif_768: str
    jpeg: str
    thumb: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True)
class ShownBattle:
    token: str
    challenge_title: str
    challenge_slug: str
    discipline: str
    discipline_label: str
    categories: list[str]
    prompt: str
    what_to_judge: str
    left: ShownPicture
    right: ShownPicture
    references: list[ShownReference]
    counts: bool
    counts_reason: str
    scope_query: str


@dataclass(frozen=True)
class RevealedSide:
    name: str
    slug: str
    lab: str
    is_demo: bool
    thumb: str
    rating: float | None
    half_width: float | None
    price: Decimal | None
    seconds: float | None


@dataclass(frozen=True)
class Reveal:
    token: str
    verdict: str
    sentence_verb: str
    left: RevealedSide
    right: RevealedSide
    counted: bool
    reason: str
    challenge_title: str
    challenge_slug: str
    crowd: dict[str, int] | None
    undone: bool
    can_undo: bool


def scope_query(scope: Scope) -> str:
    """Spell a scope as the query that keeps a form's answers inside it."""
    if scope.challenge:
        return f"?challenge={scope.challenge}"
    if scope.category:
        return f"?category={scope.category}"
    return f"?discipline={scope.discipline}" if scope.discipline else ""


def show_battles(battles: Iterable[Battle], *, voter: Voter, scope: Scope) -> list[ShownBattle]:
    """Describe battles, fresh from `fill_window`, to their voter by pictures and prompt alone (I2)."""
    issued = list(battles)
    prompts = read_prompts({battle.prompt_id for battle in issued})
    pictures = read_pictures({c for battle in issued for c in (battle.left_id, battle.right_id)})
    return [
        _show_battle(
            battle,
            prompt=prompts[battle.prompt_id],
            left=pictures[battle.left_id],
            right=pictures[battle.right_id],
            scope=scope,
        )
        for battle in issued
    ]


def _show_battle(
    battle: Battle, *, prompt: PromptCard, left: PictureCard, right: PictureCard, scope: Scope
) -> ShownBattle:
    counts = not battle.names_known
    return ShownBattle(
        token=battle.token,
        challenge_title=prompt.title,
        challenge_slug=prompt.slug,
        discipline=prompt.discipline,
        discipline_label=prompt.discipline_label,
        categories=prompt.categories,
        prompt=prompt.text,
        what_to_judge=prompt.what_to_judge,
        left=show_picture(left, alt=f"Left picture for the challenge {prompt.title}"),
        right=show_picture(right, alt=f"Right picture for the challenge {prompt.title}"),
        references=prompt.references,
        counts=counts,
        counts_reason="" if counts else NAME_KNOWN.sentence,
        scope_query=scope_query(scope),
    )


def show_picture(card: PictureCard, *, alt: str) -> ShownPicture:
    """Give the addresses of a candidate's derivatives, all under names that say nothing."""
    return ShownPicture(
        avif_1024=card.avif_1024,
        avif_768=card.avif_768,
        jpeg=card.jpeg,
        thumb=card.thumb,
        width=card.width,
        height=card.height,
        alt=alt,
    )


CROWD = """
select other.verdict, battle.left_id = %(left)s, count(*)
from battles_vote other join battles_battle battle on battle.id = other.battle_id
where other.first_id = %(first)s and other.second_id = %(second)s and other.counted
      and other.id <> %(vote)s
      and not exists (select from battles_undo undo where undo.vote_id = other.id)
group by 1, 2
"""
AFTERWARDS = """
select exists (select from battles_undo undo where undo.vote_id = vote.id),
       vote.created_at > now() - make_interval(secs => %s)
from battles_vote vote where vote.id = %s
"""


def show_reveal(vote: Vote) -> Reveal:
    """Tell the voter who made the two pictures of a verdict that is recorded."""
    battle = vote.battle
    prompt = read_prompts({battle.prompt_id})[battle.prompt_id]
    pictures = read_pictures({battle.left_id, battle.right_id})
    ratings = _ratings.get(
        (battle.population, prompt.discipline),
        read=lambda: read_ratings(BoardScope(battle.population, prompt.discipline)),
    )
    with connection.cursor() as cursor:
        cursor.execute(AFTERWARDS, [UNDO_FOR.total_seconds(), vote.pk])
        undone, recent = cursor.fetchone()
    return Reveal(
        token=battle.token,
        verdict=vote.verdict,
        sentence_verb=VERBS[Verdict(vote.verdict)],
        left=_reveal_side(pictures[battle.left_id], ratings),
        right=_reveal_side(pictures[battle.right_id], ratings),
        counted=vote.counted,
        reason="" if vote.counted else REASONS[vote.reason].sentence,
        challenge_title=prompt.title,
        challenge_slug=prompt.slug,
        crowd=_crowd(vote, battle=battle),
        undone=undone,
        can_undo=recent and not undone,
    )


def _reveal_side(card: PictureCard, ratings: dict[int, tuple[float, float]]) -> RevealedSide:
    rating, half_width = ratings.get(card.model_id, (None, None))
    return RevealedSide(
        name=card.model_name,
        slug=card.model_slug,
        lab=card.lab,
        is_demo=card.is_demo,
        thumb=card.thumb,
        rating=rating,
        half_width=half_width,
        price=card.price,
        seconds=card.seconds,
    )


def _crowd(vote: Vote, *, battle: Battle) -> dict[str, int] | None:
    """Count what others said of the same two pictures, seen from this battle's sides; None when nobody did."""
    with connection.cursor() as cursor:
        cursor.execute(
            CROWD,
            {
                "left": battle.left_id,
                "first": vote.first_id,
                "second": vote.second_id,
                "vote": vote.pk,
            },
        )
        others = cursor.fetchall()
    mirrored = {Verdict.LEFT: Verdict.RIGHT, Verdict.RIGHT: Verdict.LEFT}
    counts: Counter[str] = Counter()
    for verdict, same_side, number in others:
        counts[verdict if same_side else mirrored.get(Verdict(verdict), verdict)] += number
    total = counts.total()
    if not total:
        return None
    return {
        "n": total,
        **{verdict: counts[verdict] for verdict in Verdict.values},
        "agree_percent": round(100 * counts[vote.verdict] / total),
    }


def progress_in_set(voter: Voter | None) -> dict[str, int]:
    """Tell how far a voter is in the current set of SET_SIZE verdicts."""
    total = Vote.objects.filter(voter=voter).count() if voter else 0
    return {
        "set": total // SET_SIZE + 1,
        "done": total % SET_SIZE,
        "size": SET_SIZE,
        "total": total,
    }


def scope_links(scope: Scope) -> list[dict[str, Any]]:
    """List what can be voted on, with the current choice marked."""
    links = [{"label": "Everything", "url": reverse("web:vote"), "current": scope == Scope()}]
    links += [
        {
            "label": discipline.label,
            "url": reverse("web:vote_discipline", args=[discipline.value]),
            "current": scope.discipline == discipline.value and not scope.challenge,
        }
        for discipline in Discipline
    ]
    return links + _chosen_link(scope)


def category_links(scope: Scope) -> list[dict[str, Any]]:
    """List the categories of open challenges, for the menu of what to vote on."""
    found = Category.objects.filter(challenges__status=Challenge.Status.OPEN).distinct()
    return [
        {
            "label": category.name,
            "url": reverse("web:vote_category", args=[category.slug]),
            "current": scope.category == category.slug,
        }
        for category in found
    ]


def _chosen_link(scope: Scope) -> list[dict[str, Any]]:
    """The challenge or category that is voted on, where it is one."""
    if scope.challenge:
        name, found = "web:vote_challenge", Challenge.objects.filter(slug=scope.challenge)
        labels = list(found.values_list("title", flat=True))
    elif scope.category:
        name, labels = (
            "web:vote_category",
            list(Category.objects.filter(slug=scope.category).values_list("name", flat=True)),
        )
    else:
        return []
    url = reverse(name, args=[scope.challenge or scope.category])
    return [{"label": label, "url": url, "current": True} for label in labels]
