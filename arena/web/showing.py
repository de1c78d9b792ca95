"""What a voter's page is handed: before the verdict nothing that names a model, after it the names."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from arena.battles.issuing import Scope
from arena.battles.models import Battle, Exposure, Verdict, Vote, Voter
from arena.battles.verdicts import NAME_KNOWN, REASONS
from arena.catalog.models import Discipline, ImageModel
from arena.challenges.models import Challenge, ReferencePicture
from arena.generation.models import PublicPicture
from arena.ratings.boards import read_ratings
from arena.ratings.datasets import Scope as BoardScope

SET_SIZE = 15
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
class ShownReference:
    url: str
    width: int
    height: int
    alt: str
    credit: str
    licence: str
    source: str


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


def scope_query(scope: Scope) -> str:
    """Spell a scope as the query that keeps a form's answers inside it."""
    if scope.challenge:
        return f"?challenge={scope.challenge}"
    return f"?discipline={scope.discipline}" if scope.discipline else ""


def show_battles(battles: Iterable[Battle], *, voter: Voter, scope: Scope) -> list[ShownBattle]:
    """Describe battles to their voter by pictures and prompt alone (I2)."""
    issued = list(
        Battle.objects.filter(pk__in=[battle.pk for battle in battles])
        .select_related("prompt__challenge")
        .prefetch_related("prompt__challenge__categories", "prompt__challenge__references")
        .order_by("pk")
    )
    candidates = [c for battle in issued for c in (battle.left_id, battle.right_id)]
    pictures = _pictures_of(candidates)
    known = set(
        Exposure.objects.filter(voter=voter, candidate__in=candidates).values_list(
            "candidate_id", flat=True
        )
    )
    return [_show_battle(battle, pictures=pictures, known=known, scope=scope) for battle in issued]


def _show_battle(
    battle: Battle, *, pictures: dict[int, dict[str, PublicPicture]], known: set[int], scope: Scope
) -> ShownBattle:
    challenge = battle.prompt.challenge
    counts = not known & {battle.left_id, battle.right_id}
    return ShownBattle(
        token=battle.token,
        challenge_title=challenge.title,
        challenge_slug=challenge.slug,
        discipline=challenge.discipline,
        discipline_label=Discipline(challenge.discipline).label,
        categories=[category.name for category in challenge.categories.all()],
        prompt=battle.prompt.text,
        what_to_judge=challenge.what_to_judge,
        left=show_picture(
            pictures[battle.left_id], alt=f"Left picture for the challenge {challenge.title}"
        ),
        right=show_picture(
            pictures[battle.right_id], alt=f"Right picture for the challenge {challenge.title}"
        ),
        references=show_references(challenge),
        counts=counts,
        counts_reason="" if counts else NAME_KNOWN.sentence,
        scope_query=scope_query(scope),
    )


def show_picture(pictures: dict[str, PublicPicture], *, alt: str) -> ShownPicture:
    """Give the addresses of a candidate's derivatives, all under names that say nothing."""
    largest = pictures["jpeg_1024"]
    return ShownPicture(
        avif_1024=_address(pictures["avif_1024"]),
        avif_768=_address(pictures["avif_768"]),
        jpeg=_address(largest),
        thumb=_address(pictures["thumb"]),
        width=largest.width,
        height=largest.height,
        alt=alt,
    )


def show_references(challenge: Challenge) -> list[ShownReference]:
    """Describe a challenge's reference pictures with their credits."""
    return [_show_reference(picture) for picture in challenge.references.all()]


def _show_reference(picture: ReferencePicture) -> ShownReference:
    extension = (picture.file.name or "").rpartition(".")[2]
    return ShownReference(
        url=reverse("web:picture", args=[picture.public_name, extension]),
        width=picture.width,
        height=picture.height,
        alt=picture.alt,
        credit=picture.credit,
        licence=picture.licence,
        source=picture.source,
    )


def show_reveal(vote: Vote) -> Reveal:
    """Tell the voter who made the two pictures of a verdict that is recorded."""
    battle = Battle.objects.select_related(
        "prompt__challenge", "left__slot__model__lab", "right__slot__model__lab"
    ).get(pk=vote.battle_id)
    challenge = battle.prompt.challenge
    pictures = _pictures_of([battle.left_id, battle.right_id])
    ratings = read_ratings(BoardScope(battle.population, challenge.discipline))
    return Reveal(
        token=battle.token,
        verdict=vote.verdict,
        sentence_verb=VERBS[Verdict(vote.verdict)],
        left=_reveal_side(battle.left.slot.model, pictures[battle.left_id], ratings),
        right=_reveal_side(battle.right.slot.model, pictures[battle.right_id], ratings),
        counted=vote.counted,
        reason="" if vote.counted else REASONS[vote.reason].sentence,
        challenge_title=challenge.title,
        challenge_slug=challenge.slug,
        crowd=_crowd(vote, battle=battle),
    )


def _reveal_side(
    model: ImageModel, pictures: dict[str, PublicPicture], ratings: dict[int, tuple[float, float]]
) -> RevealedSide:
    rating, half_width = ratings.get(model.pk, (None, None))
    return RevealedSide(
        name=model.name,
        slug=model.slug,
        lab=model.lab.name,
        is_demo=model.is_demo,
        thumb=_address(pictures["thumb"]),
        rating=rating,
        half_width=half_width,
    )


def _crowd(vote: Vote, *, battle: Battle) -> dict[str, int] | None:
    """Count what others said of the same two pictures, seen from this battle's sides; None when nobody did."""
    others = (
        Vote.objects.filter(first_id=vote.first_id, second_id=vote.second_id, counted=True)
        .exclude(pk=vote.pk)
        .values_list("verdict", "battle__left_id")
    )
    mirrored = {Verdict.LEFT: Verdict.RIGHT, Verdict.RIGHT: Verdict.LEFT}
    counts: Counter[str] = Counter()
    for verdict, left_id in others:
        counts[
            verdict if left_id == battle.left_id else mirrored.get(Verdict(verdict), verdict)
        ] += 1
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
    challenge = Challenge.objects.filter(slug=scope.challenge).first() if scope.challenge else None
    if challenge:
        url = reverse("web:vote_challenge", args=[challenge.slug])
        links.append({"label": challenge.title, "url": url, "current": True})
    return links


def _pictures_of(candidates: list[int]) -> dict[int, dict[str, PublicPicture]]:
    pictures: dict[int, dict[str, PublicPicture]] = {candidate: {} for candidate in candidates}
    for picture in PublicPicture.objects.filter(candidate__in=candidates):
        pictures[picture.candidate_id][picture.kind] = picture
    return pictures


def _address(picture: PublicPicture) -> str:
    return reverse("web:picture", args=[picture.name, picture.extension])
