"""What a voter's page is handed: before the verdict nothing that names a model, after it the names."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import ngettext

from arena.battles.issuing import Scope
from arena.battles.memory import Memory
from arena.battles.models import Battle, Verdict, Vote, Voter
from arena.battles.recording import OpenBattle, Recorded
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
    categories: tuple[str, ...]
    prompt: str
    what_to_judge: str
    shape: str
    left: ShownPicture
    right: ShownPicture
    references: tuple[ShownReference, ...]
    counts: bool
    counts_reason: str
    scope_query: str


@dataclass(frozen=True)
class RevealedSide:
    """A picture's origin in words; what is not known is empty."""

    name: str
    slug: str
    lab: str
    is_demo: bool
    thumb: str
    rating: str
    half_width: str
    price: str
    seconds: str


@dataclass(frozen=True)
class Crowd:
    """How others voted on a pair, in words and in percent; `to_*` are sums, for the bar's edges."""

    n: str
    agreement: str
    label: str
    left: str
    tie: str
    both_bad: str
    right: str
    to_tie: str
    to_both_bad: str


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
    crowd: Crowd | None
    undone: bool
    can_undo: bool


@dataclass(frozen=True)
class Progress:
    """How far a voter is in the current set of verdicts."""

    set: int | str
    done: int
    size: int


def scope_query(scope: Scope) -> str:
    """Spell a scope as the query that keeps a form's answers inside it."""
    if scope.challenge:
        return f"?challenge={scope.challenge}"
    if scope.category:
        return f"?category={scope.category}"
    return f"?discipline={scope.discipline}" if scope.discipline else ""


def show_battles(battles: Iterable[Battle | OpenBattle], *, scope: Scope) -> list[ShownBattle]:
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
    battle: Battle | OpenBattle,
    *,
    prompt: PromptCard,
    left: PictureCard,
    right: PictureCard,
    scope: Scope,
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
        shape=_shape(left),
        left=show_picture(left, alt=f"Left picture for the challenge {prompt.title}"),
        right=show_picture(right, alt=f"Right picture for the challenge {prompt.title}"),
        references=prompt.references,
        counts=counts,
        counts_reason="" if counts else NAME_KNOWN.sentence,
        scope_query=scope_query(scope),
    )


def _shape(picture: PictureCard) -> str:
    if picture.width == picture.height:
        return "square"
    return "wide" if picture.width > picture.height else "tall"


def show_picture(card: PictureCard, *, alt: str) -> ShownPicture:
    """Give the addresses of a candidate's derivatives, all under names that say nothing."""
    return ShownPicture(
        avif_1024=card.avif_1024,
        avif_768=card.avif_768,
        jpeg=card.jpeg,
        width=card.width,
        height=card.height,
        alt=alt,
    )


def show_reveal(recorded: Recorded) -> Reveal:
    """Tell the voter who made the two pictures of a verdict that is recorded."""
    prompt = read_prompts({recorded.prompt_id})[recorded.prompt_id]
    pictures = read_pictures({recorded.left_id, recorded.right_id})
    ratings = _ratings.get(
        (recorded.population, prompt.discipline),
        read=lambda: read_ratings(BoardScope(recorded.population, prompt.discipline)),
    )
    return Reveal(
        token=recorded.token,
        verdict=recorded.verdict,
        sentence_verb=VERBS[Verdict(recorded.verdict)],
        left=_reveal_side(pictures[recorded.left_id], ratings),
        right=_reveal_side(pictures[recorded.right_id], ratings),
        counted=recorded.counted,
        reason="" if recorded.counted else REASONS[recorded.reason].sentence,
        challenge_title=prompt.title,
        challenge_slug=prompt.slug,
        crowd=_crowd(recorded),
        undone=recorded.undone,
        can_undo=recorded.age < UNDO_FOR and not recorded.undone,
    )


def _reveal_side(card: PictureCard, ratings: dict[int, tuple[float, float]]) -> RevealedSide:
    rating, half_width = ratings.get(card.model_id, (None, None))
    return RevealedSide(
        name=card.model_name,
        slug=card.model_slug,
        lab=card.lab,
        is_demo=card.is_demo,
        thumb=card.thumb,
        rating="" if rating is None else f"{rating:.0f}",
        half_width="" if half_width is None else f"{half_width:.0f}",
        price=card.price,
        seconds=card.seconds,
    )


def _crowd(recorded: Recorded) -> Crowd | None:
    """Tell what others said of the same two pictures, seen from this battle's sides; None when nobody did."""
    counts = {
        "left": recorded.crowd_left,
        "tie": recorded.crowd_tie,
        "both_bad": recorded.crowd_both_bad,
        "right": recorded.crowd_right,
    }
    n = sum(counts.values())
    if not n:
        return None
    left, tie, both_bad, right = (round(100 * count / n) for count in counts.values())
    agreement = ngettext(
        "%(percent)s %% of %(n)s other agrees with you",
        "%(percent)s %% of %(n)s others agree with you",
        n,
    )
    label = ngettext("How %(n)s other voted on this pair", "How %(n)s others voted on this pair", n)
    return Crowd(
        n=str(n),
        agreement=agreement % {"percent": round(100 * counts[recorded.verdict] / n), "n": n},
        label=label % {"n": n},
        left=str(left),
        tie=str(tie),
        both_bad=str(both_bad),
        right=str(right),
        to_tie=str(left + tie),
        to_both_bad=str(left + tie + both_bad),
    )


def progress_in_set(total: int) -> Progress:
    """Tell how far a voter of so many verdicts is in the current set of SET_SIZE."""
    return Progress(set=total // SET_SIZE + 1, done=total % SET_SIZE, size=SET_SIZE)


def count_verdicts(voter: Voter | None) -> int:
    """Count a voter's verdicts, counted or not."""
    return Vote.objects.filter(voter=voter).count() if voter else 0


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
