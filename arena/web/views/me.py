"""What a voter can see, take along and delete: one's own votes, known by the cookie alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from arena.battles.forgetting import forget_voter
from arena.battles.models import Battle, Suggestion, Undo, Verdict, Vote, Voter
from arena.battles.suggestions import count_suggestions, suggestions_of
from arena.battles.verdicts import REASONS
from arena.battles.voters import read_voter
from arena.catalog.models import Discipline, ImageModel, Population
from arena.generation.models import Candidate, PublicPicture
from arena.ratings.own_board import (
    AGREEMENT_FROM,
    Agreement,
    OwnBoard,
    OwnRow,
    OwnStanding,
    read_own_standing,
)
from arena.web.plots.forest import Forest, forest_scale, place_interval
from arena.web.plots.scales import Scale, Tick
from arena.web.showing import SET_SIZE, VERBS

DUELS_A_PAGE = 30


@dataclass(frozen=True)
class OwnLine:
    """One row of an own board, placed on the track with the crowd's rating beside it."""

    row: OwnRow
    model: ImageModel
    own_percent: int
    forest: Forest
    crowd_x: float


@dataclass(frozen=True)
class ShownOwnBoard:
    discipline: str
    label: str
    is_demo: bool
    votes: int
    lines: list[OwnLine]
    ticks: tuple[Tick, ...]
    unmet: list[ImageModel]


@dataclass(frozen=True)
class DuelSide:
    """`thumb` is empty where the picture is shown no more."""

    name: str
    slug: str
    thumb: str


@dataclass(frozen=True)
class Duel:
    challenge_title: str
    challenge_slug: str
    left: DuelSide
    right: DuelSide
    verb: str
    counted: bool
    reason: str
    undone: bool
    voided: bool
    at: datetime


@require_safe
@never_cache
def me(request: HttpRequest) -> HttpResponse:
    voter = read_voter(request)
    progress = _progress(voter) if voter else None
    context: dict[str, Any] = {"forgotten": voter is None and "forgotten" in request.GET}
    if voter and progress and progress["total"]:
        standing = read_own_standing(voter)
        models = _models_of(standing)
        page, duels = _read_duels(voter, page=request.GET.get("page", ""))
        context |= {
            "progress": progress,
            "boards": [_show_board(board, models=models) for board in standing.boards],
            "agreement": _show_agreement(standing.agreement, models=models),
            "duels": duels,
            "page": page,
        }
    return _private(render(request, "web/me/page.html", context))


@require_safe
@never_cache
def export(request: HttpRequest) -> HttpResponse:
    """All votes and suggested prompts of this browser as a file; empty lists where there are none."""
    voter = read_voter(request)
    votes = _votes_of(voter) if voter else Vote.objects.none()
    today = timezone.now().date().isoformat()
    response = JsonResponse(
        {
            "exported_at": timezone.now(),
            "first_visit": voter.created_at if voter else None,
            "votes": [_export(vote) for vote in votes.order_by("pk").iterator()],
            "suggestions": [_export_suggestion(one) for one in suggestions_of(voter)]
            if voter
            else [],
        },
        json_dumps_params={"indent": 2, "ensure_ascii": False},
        headers={"Content-Disposition": f'attachment; filename="paragone-my-votes-{today}.json"'},
    )
    return _private(response)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def forget(request: HttpRequest) -> HttpResponse:
    voter = read_voter(request)
    if request.method != "POST":
        context: dict[str, Any] = {"voter": voter}
        if voter:
            context |= {"progress": _progress(voter), "suggestions": count_suggestions(voter)}
        return _private(render(request, "web/me/forget.html", context))
    if voter:
        forget_voter(voter)
    response = redirect(f"{reverse('web:me')}?forgotten=1")
    response.status_code = 303
    response.delete_cookie(settings.VOTER_COOKIE, samesite="Lax")
    # The browser's own notes go too: key and speed settings, verdicts that were not sent yet.
    response["Clear-Site-Data"] = '"storage"'
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _progress(voter: Voter) -> dict[str, int]:
    standing = Q(undo__isnull=True)
    counts: dict[str, int] = Vote.objects.filter(voter=voter).aggregate(
        total=Count("pk"),
        counted=Count("pk", filter=Q(counted=True) & standing),
        undone=Count("pk", filter=~standing),
    )
    total = counts["total"]
    return {
        **counts,
        "not_counted": total - counts["counted"] - counts["undone"],
        "sets": total // SET_SIZE,
        "done": total % SET_SIZE,
        "size": SET_SIZE,
    }


def _models_of(standing: OwnStanding) -> dict[int, ImageModel]:
    wanted = {
        model_id
        for board in standing.boards
        for model_id in (*board.unmet, *(row.model_id for row in board.rows))
    }
    return ImageModel.objects.select_related("lab").in_bulk(wanted)


def _show_board(board: OwnBoard, *, models: dict[int, ImageModel]) -> ShownOwnBoard:
    scale = forest_scale(
        lowers=[min(row.lower, row.crowd_rating) for row in board.rows],
        uppers=[max(row.upper, row.crowd_rating) for row in board.rows],
    )
    return ShownOwnBoard(
        discipline=board.scope.discipline,
        label=Discipline(board.scope.discipline).label,
        is_demo=board.scope.population == Population.DEMO,
        votes=board.votes,
        lines=[_show_row(row, model=models[row.model_id], scale=scale) for row in board.rows],
        ticks=scale.ticks,
        unmet=sorted((models[model] for model in board.unmet), key=lambda model: model.name),
    )


def _show_row(row: OwnRow, *, model: ImageModel, scale: Scale) -> OwnLine:
    return OwnLine(
        row=row,
        model=model,
        own_percent=round(100 * row.own),
        forest=place_interval(scale, lower=row.lower, rating=row.rating, upper=row.upper),
        crowd_x=scale.position(row.crowd_rating),
    )


def _show_agreement(agreement: Agreement, *, models: dict[int, ImageModel]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "agreed": agreement.agreed,
        "compared": agreement.compared,
        "needed": AGREEMENT_FROM,
        "enough": agreement.share is not None,
        "contrarian": None,
    }
    if agreement.share is not None and agreement.lower is not None and agreement.upper is not None:
        shown |= {
            "percent": round(100 * agreement.share),
            "low": round(100 * agreement.lower),
            "high": round(100 * agreement.upper),
        }
    odd = agreement.contrarian
    if odd:
        challenge = Battle.objects.select_related("prompt__challenge").get(token=odd.token)
        shown["contrarian"] = {
            "winner": models[odd.winner],
            "loser": models[odd.loser],
            "others": odd.others,
            "against": odd.against,
            "challenge": challenge.prompt.challenge,
        }
    return shown


def _votes_of(voter: Voter) -> QuerySet[Vote]:
    return (
        Vote.objects.filter(voter=voter)
        .select_related(
            "battle__prompt__challenge",
            "battle__left__slot__model",
            "battle__right__slot__model",
        )
        .annotate(
            undone=Exists(Undo.objects.filter(vote=OuterRef("pk"), decision=None)),
            voided=Exists(Undo.objects.filter(vote=OuterRef("pk"), decision__isnull=False)),
        )
    )


def _read_duels(voter: Voter, *, page: str) -> tuple[Page[Vote], list[Duel]]:
    """Read one page of a voter's duels, newest first; a page that does not exist is the nearest one."""
    found = Paginator(_votes_of(voter).order_by("-pk"), DUELS_A_PAGE).get_page(page)
    votes = list(found.object_list)
    thumbs = _thumbs_of([c for vote in votes for c in (vote.first_id, vote.second_id)])
    return found, [_show_duel(vote, thumbs=thumbs) for vote in votes]


def _thumbs_of(candidates: list[int]) -> dict[int, str]:
    """Map candidates to their thumbnails' addresses; hidden ones have none."""
    found = PublicPicture.objects.filter(candidate__in=candidates, kind="thumb").exclude(
        candidate__status=Candidate.Status.HIDDEN
    )
    return {
        picture.candidate_id: reverse("web:picture", args=[picture.name, picture.extension])
        for picture in found
    }


def _show_duel(vote: Any, *, thumbs: dict[int, str]) -> Duel:
    battle = vote.battle
    return Duel(
        challenge_title=battle.prompt.challenge.title,
        challenge_slug=battle.prompt.challenge.slug,
        left=_show_side(battle.left, thumbs=thumbs),
        right=_show_side(battle.right, thumbs=thumbs),
        verb=VERBS[Verdict(vote.verdict)],
        counted=vote.counted,
        reason="" if vote.counted else REASONS[vote.reason].sentence,
        undone=vote.undone,
        voided=vote.voided,
        at=vote.created_at,
    )


def _show_side(candidate: Candidate, *, thumbs: dict[int, str]) -> DuelSide:
    model = candidate.slot.model
    return DuelSide(name=model.name, slug=model.slug, thumb=thumbs.get(candidate.pk, ""))


def _export(vote: Any) -> dict[str, Any]:
    battle = vote.battle
    prompt = battle.prompt
    return {
        "token": battle.token,
        "population": battle.population,
        "challenge": prompt.challenge.slug,
        "prompt": {"position": prompt.position, "version": prompt.version, "text": prompt.text},
        "left_model": battle.left.slot.model.slug,
        "right_model": battle.right.slot.model.slug,
        "verdict": vote.verdict,
        "counted": vote.counted,
        "reason": vote.reason,
        "undone": vote.undone,
        "voided": vote.voided,
        "viewing_ms": vote.viewing_ms,
        "created_at": vote.created_at,
    }


def _export_suggestion(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "title": suggestion.title,
        "prompt": suggestion.text,
        "discipline": suggestion.discipline,
        "category": suggestion.category.slug if suggestion.category else None,
        "remark": suggestion.remark,
        "state": suggestion.state,
        "reason": suggestion.reason,
        "created_at": suggestion.created_at,
    }
