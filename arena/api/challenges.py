"""Challenges: what is asked, who stands where, and the pictures that have left the blind vote."""

from typing import Any, Literal, cast

from django.db.models import Prefetch
from django.http import HttpRequest
from django.urls import reverse
from ninja import Path, Query, Router

from arena.catalog.models import ImageModel
from arena.challenges.models import Challenge, Prompt, ReferencePicture
from arena.generation.models import Candidate
from arena.generation.releasing import count_withheld, shown_with_names
from arena.ratings.boards import (
    count_by_challenge,
    read_board,
    shown_population,
    shown_populations,
)
from arena.ratings.datasets import Scope

from .paging import cut, read_only_known
from .problems import missing
from .shapes import (
    ChallengeDetail,
    ChallengeList,
    ChallengeSummary,
    DisciplineName,
    Page,
    Picture,
    PictureList,
    PopulationName,
    Slug,
)
from .telling import address, tell_category, tell_model, tell_prompt, tell_row

router = Router(tags=["Challenges"])


class ChallengesOf(Page):
    discipline: DisciplineName | None = None
    status: Literal["open", "closed"] | None = None
    category: Slug | None = None


class PicturesOf(Page):
    model: Slug | None = None
    population: PopulationName | None = None


@router.get("/challenges", response=ChallengeList, url_name="challenges")
@read_only_known
def list_challenges(request: HttpRequest, filters: Query[ChallengesOf]) -> ChallengeList:
    """Challenges that are or were open for votes, in the order of the site."""
    found = Challenge.objects.exclude(status=Challenge.Status.DRAFT)
    if filters.discipline:
        found = found.filter(discipline=filters.discipline)
    if filters.status:
        found = found.filter(status=filters.status)
    if filters.category:
        found = found.filter(categories__slug=filters.category)
    ordered = found.prefetch_related("categories").order_by("position", "title", "pk")
    rows, told = cut(request, ordered, filters)
    shown = shown_populations()
    votes = count_by_challenge(shown)
    items = [
        ChallengeSummary(
            **_summary(
                request,
                challenge,
                population=shown[challenge.discipline],
                votes=votes.get(challenge.pk, 0),
            )
        )
        for challenge in rows
    ]
    return ChallengeList(items=items, **told)


@router.get("/challenges/{slug}", response=ChallengeDetail, url_name="challenge")
@read_only_known
def read_challenge(request: HttpRequest, slug: Path[Slug]) -> ChallengeDetail:
    """One challenge: its prompts as they are asked now, its references with credits, its standings."""
    current = Prompt.objects.filter(is_current=True)
    challenge = _find(slug, "categories", "references", Prefetch("prompts", current))
    population = shown_population(discipline=challenge.discipline)
    board = read_board(Scope(population, challenge.discipline, challenge.pk))
    values: dict[str, Any] = {
        **_summary(request, challenge, population=population, votes=board.votes),
        "what_to_judge": challenge.what_to_judge,
        "canvas": {"width": challenge.canvas_width, "height": challenge.canvas_height},
        "prompts": [tell_prompt(prompt) for prompt in challenge.prompts.all()],
        "references": [_reference(request, picture) for picture in challenge.references.all()],
        "as_of": board.as_of,
        "standings": [tell_row(request, row) for row in board.rows],
        "pictures_url": address(request, "challenge_pictures", challenge.slug),
    }
    return ChallengeDetail(**values)


@router.get("/challenges/{slug}/pictures", response=PictureList, url_name="challenge_pictures")
@read_only_known
def list_pictures(
    request: HttpRequest, slug: Path[Slug], filters: Query[PicturesOf]
) -> PictureList:
    """Pictures that have left the blind vote, with their models' names.

    Retired ones, those of closed challenges and of showcase prompts. A picture in play, or one that looks
    like a picture in play, is never here. Of one population: `population`, else the model's, else that of
    the challenge's standings.
    """
    challenge = _find(slug)
    population = filters.population or _population_of(challenge, model=filters.model)
    found = shown_with_names().filter(
        slot__prompt__challenge=challenge, slot__model__population=population
    )
    if filters.model:
        found = found.filter(slot__model__slug=filters.model)
    ordered = (
        found.select_related("slot__prompt", "slot__model__lab", "generation__offering__provider")
        .prefetch_related("pictures")
        .order_by(
            "slot__prompt__position",
            "-slot__prompt__version",
            "slot__model__name",
            "slot__take",
            "pk",
        )
    )
    rows, told = cut(request, ordered, filters)
    items = [Picture(**_picture(request, candidate)) for candidate in rows]
    withheld = count_withheld(challenge, population=population)
    return PictureList(items=items, withheld=withheld, population=population, **told)


def _population_of(challenge: Challenge, *, model: str | None) -> PopulationName:
    asked = ImageModel.objects.filter(slug=model).first() if model else None
    found = asked.population if asked else shown_population(discipline=challenge.discipline)
    return cast(PopulationName, found)


def _find(slug: str, *along: Any) -> Challenge:
    public = Challenge.objects.exclude(status=Challenge.Status.DRAFT)
    challenge = public.prefetch_related(*along).filter(slug=slug).first()
    if challenge is None:
        raise missing("challenge", slug)
    return challenge


def _summary(
    request: HttpRequest, challenge: Challenge, *, population: str, votes: int
) -> dict[str, Any]:
    return {
        "slug": challenge.slug,
        "title": challenge.title,
        "discipline": challenge.discipline,
        "status": challenge.status,
        "opened_at": challenge.opened_at,
        "closed_at": challenge.closed_at,
        "population": population,
        "votes": votes,
        "url": address(request, "challenge", challenge.slug),
        "categories": [tell_category(category) for category in challenge.categories.all()],
    }


def _reference(request: HttpRequest, picture: ReferencePicture) -> dict[str, Any]:
    return {
        "url": _file(request, picture.public_name, (picture.file.name or "").rpartition(".")[2]),
        "width": picture.width,
        "height": picture.height,
        "alt": picture.alt,
        "credit": picture.credit,
        "licence": picture.licence,
        "source": picture.source,
    }


def _picture(request: HttpRequest, candidate: Candidate) -> dict[str, Any]:
    generation, provider = candidate.generation, candidate.generation.offering.provider
    files = {picture.kind: picture for picture in candidate.pictures.all()}
    large, thumb = files["jpeg_1024"], files["thumb"]
    original = reverse("web:original", args=[candidate.original_name])
    return {
        "model": tell_model(request, candidate.slot.model),
        "prompt": tell_prompt(cast(Prompt, candidate.slot.prompt)),
        "take": candidate.slot.take,
        "width": large.width,
        "height": large.height,
        "thumb": _file(request, thumb.name, thumb.extension),
        "large": _file(request, large.name, large.extension),
        "original": request.build_absolute_uri(original),
        "original_width": candidate.width,
        "original_height": candidate.height,
        "sha256": candidate.original_sha256,
        "provider": {"slug": provider.slug, "name": provider.name},
        "made_at": generation.ended_at or candidate.created_at,
        "revised_prompt": generation.revised_prompt,
    }


def _file(request: HttpRequest, name: str, ending: str) -> str:
    return request.build_absolute_uri(reverse("web:picture", args=[name, ending]))
