"""A model against the others: challenge by challenge, and over all challenges of a discipline."""

from collections.abc import Iterable, Mapping
from typing import Any

from arena.catalog.models import Discipline, ImageModel
from arena.challenges.models import Challenge
from arena.ratings.boards import FEW_BATTLES
from arena.ratings.records import Record, read_records, sum_over_challenges
from arena.web.tables import matchup_address

TOP = 10
# Of 300 models all would be too many; the rest are on the board's head-to-head table.
MOST_OPPONENTS = 20


def describe_matchups(model: ImageModel, *, challenges: Iterable[Challenge]) -> dict[str, Any]:
    """Describe the most voted matchups (opponent and challenge), and the opponents most often met.

    `opponents_more` counts the opponents that are left out. Two queries, however many there are.
    """
    records = read_records(model)
    whole = sum_over_challenges(records)
    known = {challenge.pk: challenge for challenge in challenges}
    opponents = ImageModel.objects.in_bulk({record.opponent_id for record in records})
    top = [record for record in records if record.challenge_id in known][:TOP]
    return {
        "top_matchups": [
            _describe(model, record, opponents=opponents, challenge=known[record.challenge_id or 0])
            for record in top
        ],
        "opponents": [
            _describe(model, record, opponents=opponents) for record in whole[:MOST_OPPONENTS]
        ],
        "opponents_more": max(len(whole) - MOST_OPPONENTS, 0),
        "matchup_count": len(records),
    }


def _describe(
    model: ImageModel,
    record: Record,
    *,
    opponents: Mapping[int, ImageModel],
    challenge: Challenge | None = None,
) -> dict[str, Any]:
    opponent = opponents[record.opponent_id]
    low, high = record.bounds
    n = record.battles
    return {
        "opponent": opponent.name,
        "url": matchup_address(model.slug, opponent.slug),
        "challenge": challenge and {"title": challenge.title, "slug": challenge.slug},
        "discipline_label": Discipline(record.discipline).label,
        "won": 100 * record.wins / n,
        "lost": 100 * record.losses / n,
        "wins": record.wins,
        "losses": record.losses,
        "ties": record.ties,
        "both_bad": record.both_bad,
        "n": n,
        "few": n < FEW_BATTLES,
        "win_percent": 100 * record.win_rate,
        "low": 100 * low,
        "high": 100 * high,
    }
