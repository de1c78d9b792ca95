"""Two models against each other."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Router

from arena.catalog.models import Discipline, ImageModel
from arena.challenges.models import Challenge
from arena.ratings.boards import read_ratings
from arena.ratings.datasets import Scope
from arena.ratings.matchups import expect_win_rate
from arena.ratings.records import read_records, sum_over_challenges

from .catalogue import find_model
from .paging import read_only_known
from .problems import Problem
from .shapes import Matchup, Slug
from .telling import tell_challenge, tell_model, tell_record

router = Router(tags=["Matchups"])


@router.get("/matchups/{a}/{b}", response=Matchup, url_name="matchup")
@read_only_known
def read_matchup(request: HttpRequest, a: Path[Slug], b: Path[Slug]) -> Matchup:
    """Two models head to head, by discipline and challenge, seen from `a`.

    `expected` is the win rate that their ratings in the discipline expect. Two models that never met have
    an empty list; models of different populations never meet, and that is a 404.
    """
    if a == b:
        raise Problem(404, "A model does not meet itself.")
    first, second = find_model(a), find_model(b)
    if first.population != second.population:
        raise Problem(404, f"{first.name} and {second.name} never meet: one is a demo studio.")
    values: dict[str, Any] = {
        "population": first.population,
        "a": tell_model(request, first),
        "b": tell_model(request, second),
        "disciplines": _tell_disciplines(first, second),
    }
    return Matchup(**values)


def _tell_disciplines(first: ImageModel, second: ImageModel) -> list[dict[str, Any]]:
    """Tell the record of each discipline where two models met, with its challenges in their order."""
    records = read_records(first, opponent=second)
    by_challenge = {record.challenge_id: record for record in records if record.challenge_id}
    whole = {record.discipline: record for record in sum_over_challenges(records)}
    public = Challenge.objects.exclude(status=Challenge.Status.DRAFT).filter(pk__in=by_challenge)
    challenges = list(public) if records else []
    return [
        {
            **tell_record(whole[discipline]),
            "discipline": discipline,
            "expected": _expect(first, second, discipline=discipline),
            "challenges": [
                {**tell_record(by_challenge[found.pk]), "challenge": tell_challenge(found)}
                for found in challenges
                if found.discipline == discipline
            ],
        }
        for discipline in Discipline.values
        if discipline in whole
    ]


def _expect(first: ImageModel, second: ImageModel, *, discipline: str) -> float | None:
    ratings = read_ratings(Scope(first.population, discipline))
    if first.pk not in ratings or second.pk not in ratings:
        return None
    (one, _), (other, _) = ratings[first.pk], ratings[second.pk]
    return expect_win_rate(one, other)
