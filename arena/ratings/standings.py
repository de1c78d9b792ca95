"""Where models stand on published boards, one line a board, without reading the rows of others."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from arena.catalog.models import Discipline, ImageModel
from arena.challenges.models import Challenge
from arena.scoring.elo import ANCHOR

from .boards import PRELIMINARY_BELOW
from .models import RatingRun

QUERY = """
select run.discipline, run.challenge_id, challenge.slug, challenge.title, category.slug, category.name,
       run.votes, run.voters, run.published_at,
       (select count(*) from jsonb_array_elements(run.arrays -> 'rank') entry(rank) where rank::int > 0) as rated,
       (select jsonb_object_agg(key, value -> found.place) from jsonb_each(run.arrays)) as line
from ratings_ratingrun run
left join challenges_category category on category.id = run.category_id
left join challenges_challenge challenge on challenge.id = run.challenge_id
cross join lateral (
    select (ordinality - 1)::int as place
    from jsonb_array_elements(run.arrays -> 'models') with ordinality member(id, ordinality)
    where member.id = to_jsonb(%(model)s::bigint)
) found
where run.population = %(population)s and (run.arrays -> 'rank' -> found.place)::int > 0
  and challenge.status is distinct from %(draft)s
order by challenge.id is not null, category.id is not null,
         array_position(%(disciplines)s::text[], run.discipline::text),
         category.name, challenge.position, challenge.title
"""


@dataclass(frozen=True)
class Standing:
    """One model's line on one board; ratings in Elo points, win rate 0 to 1.

    `category` (its name), `challenge` (its title) and their slugs are empty and `challenge_id` is
    None where the board is not of one. `rated`: how many models the board ranks.
    """

    discipline: str
    challenge_id: int | None
    challenge_slug: str
    challenge: str
    category_slug: str
    category: str
    votes: int
    voters: int
    as_of: datetime
    rated: int
    rank: int
    rank_low: int
    rank_high: int
    rating: float
    half_width: float
    lower: float
    upper: float
    battles: int
    wins: int
    losses: int
    ties: int
    both_bad: int
    win_rate: float
    regularised: bool

    @property
    def is_overall(self) -> bool:
        return not self.category_slug and self.challenge_id is None

    @property
    def preliminary(self) -> bool:
        return self.battles < PRELIMINARY_BELOW or self.regularised

    @property
    def above_the_field(self) -> bool:
        """Whether the whole interval lies above the field's mean, and there are battles enough to say so."""
        return self.lower > ANCHOR and not self.preliminary


LINE = (
    "rank",
    "rank_low",
    "rank_high",
    "rating",
    "half_width",
    "lower",
    "upper",
    "battles",
    "wins",
    "losses",
    "ties",
    "both_bad",
    "win_rate",
    "regularised",
)


def read_standings(model: ImageModel) -> list[Standing]:
    """Read a model's line on every board of its population, drafts left out, by one statement.

    Whole disciplines come first, then categories by name, then challenges by position; each of these
    in the order of the disciplines.
    """
    values: dict[str, Any] = {
        "model": model.pk,
        "population": model.population,
        "draft": Challenge.Status.DRAFT.value,
        "disciplines": list(Discipline.values),
    }
    with connection.cursor() as cursor:
        cursor.execute(QUERY, values)
        return [_standing(row) for row in cursor.fetchall()]


def _standing(row: Sequence[Any]) -> Standing:
    (
        discipline,
        challenge_id,
        challenge_slug,
        challenge,
        category_slug,
        category,
        *of_board,
        line,
    ) = row
    votes, voters, as_of, rated = of_board
    # Django hands JSON over as text where it does not know the column.
    values = json.loads(line)
    return Standing(
        discipline=discipline,
        challenge_id=challenge_id,
        challenge_slug=challenge_slug or "",
        challenge=challenge or "",
        category_slug=category_slug or "",
        category=category or "",
        votes=votes,
        voters=voters,
        as_of=as_of,
        rated=rated,
        **{name: values[name] for name in LINE},
    )


def read_overall() -> dict[tuple[int, str], Standing]:
    """Map (model id, discipline) to the standing on the board of the whole discipline, by one query."""
    runs = RatingRun.objects.filter(category=None, challenge=None)
    return {
        (model_id, run.discipline): Standing(
            discipline=run.discipline,
            challenge_id=None,
            challenge_slug="",
            challenge="",
            category_slug="",
            category="",
            votes=run.votes,
            voters=run.voters,
            as_of=run.published_at,
            rated=sum(rank > 0 for rank in run.arrays["rank"]),
            **{name: run.arrays[name][place] for name in LINE},
        )
        for run in runs
        for place, model_id in enumerate(run.arrays["models"])
        if run.arrays["rank"][place]
    }
