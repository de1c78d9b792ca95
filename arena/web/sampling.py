"""Who is shown how often, with how many pictures, and what has left: the arena's own hand in its boards."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum

from arena.battles.models import PairWeight
from arena.battles.pool import Scope, candidates_in_play
from arena.catalog.models import Discipline, ImageModel
from arena.challenges.models import Prompt
from arena.generation.models import Candidate
from arena.ratings.models import Diagnosis, RatingRun
from arena.web.examinations import describe_examination


@dataclass(frozen=True)
class Sampled:
    """How often one model is drawn and what it competes with.

    `drawn`: percent of the draws that it is one of the two of, were all pairs free; `fought` the same
    of the counted battles; None where there are none. `takes` is the mean number of pictures a prompt.
    """

    name: str
    slug: str
    status: str
    drawn: float | None
    battles: int
    fought: float | None
    pictures: int
    prompts: int
    retired: int

    @property
    def takes(self) -> float | None:
        return self.pictures / self.prompts if self.prompts else None


def show_sampling(*, population: str) -> list[dict[str, Any]]:
    """Describe each discipline of a population that has models: sampling, and what its examination found."""
    models = list(ImageModel.objects.filter(population=population))
    drawn = _read_draws(population)
    fought, votes = _read_battles(population)
    pictures = _count_pictures(population)
    reports = {
        diagnosis.discipline: describe_examination(diagnosis, names={m.pk: m.name for m in models})
        for diagnosis in Diagnosis.objects.filter(population=population)
    }
    shown = []
    for discipline in Discipline:
        rows = [
            _describe(
                model,
                drawn=drawn.get((discipline, model.pk)),
                battles=fought.get((discipline, model.pk), 0),
                votes=votes.get(discipline, 0),
                pictures=pictures.get((discipline, model.pk), (0, 0, 0)),
            )
            for model in models
            if discipline in model.disciplines
        ]
        seen = [row for row in rows if row.pictures or row.battles or row.retired]
        in_play = [row for row in seen if row.drawn is not None]
        if seen:
            shown.append(
                {
                    "label": discipline.label,
                    "rows": sorted(seen, key=lambda row: (-(row.drawn or 0), row.name)),
                    # Two models a draw: evenly, each of n is in 2 / n of them.
                    "even": 200 / len(in_play) if in_play else None,
                    "report": reports.get(discipline),
                }
            )
    return shown


def list_retired(*, population: str) -> list[ImageModel]:
    """List the models of a population that take part no more."""
    found = ImageModel.objects.filter(population=population, status=ImageModel.Status.RETIRED)
    return list(found.select_related("lab"))


Place = tuple[str, int]  # discipline and model id


def _read_draws(population: str) -> dict[Place, float]:
    """Map each model in play to the percentage of draws that it is one of the two of."""
    drawn: dict[Place, float] = {}
    weights = PairWeight.objects.filter(population=population).order_by()
    for side in ("first", "second"):
        sums = weights.values_list("discipline", side).annotate(share=Sum("weight"))
        for discipline, model, share in sums:
            drawn[discipline, model] = drawn.get((discipline, model), 0.0) + 100 * share
    return drawn


def _read_battles(population: str) -> tuple[dict[Place, int], dict[str, int]]:
    """Return counted battles by discipline and model, and counted votes by discipline."""
    runs = RatingRun.objects.filter(population=population, category=None, challenge=None)
    fought, votes = {}, {}
    for run in runs:
        votes[run.discipline] = run.votes
        for model, battles in zip(run.arrays["models"], run.arrays["battles"], strict=True):
            fought[run.discipline, model] = battles
    return fought, votes


def _count_pictures(population: str) -> dict[Place, tuple[int, int, int]]:
    """Map to the pictures voted on now, the prompts that they answer, and the retired pictures."""
    in_play = candidates_in_play(Scope(), population=population)
    playing = Q(pk__in=in_play.values("pk"))
    found = (
        Candidate.objects.filter(
            slot__model__population=population, slot__prompt__purpose=Prompt.Purpose.BATTLE
        )
        .order_by()
        .values_list("slot__prompt__challenge__discipline", "slot__model")
        .annotate(
            playing=Count("pk", filter=playing),
            prompts=Count("slot__prompt", filter=playing, distinct=True),
            retired=Count("pk", filter=Q(status=Candidate.Status.RETIRED)),
        )
    )
    return {
        (discipline, model): (pictures, prompts, retired)
        for discipline, model, pictures, prompts, retired in found
    }


def _describe(
    model: ImageModel,
    *,
    drawn: float | None,
    battles: int,
    votes: int,
    pictures: tuple[int, int, int],
) -> Sampled:
    return Sampled(
        name=model.name,
        slug=model.slug,
        status=model.get_status_display(),
        drawn=drawn,
        battles=battles,
        fought=100 * battles / votes if votes else None,
        pictures=pictures[0],
        prompts=pictures[1],
        retired=pictures[2],
    )
