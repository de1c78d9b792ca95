"""One transaction per verdict, in PostgreSQL alone: no broker, no cache, no file."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models.functions import Now

from .caps import (
    COUNTED_PER_DAY,
    NEW_VOTERS_PER_HOUR,
    TAKEN_BACK_PER_HOUR,
    seconds_until_room,
)
from .models import Battle, Verdict, Vote, Voter
from .recording import NOTHING_DRAWN, Drawn, Recorded, call_record


class VerdictError(Exception):
    """A verdict or skip that cannot be taken; `status` is the HTTP status, `text` a sentence that helps."""

    status = 400

    def __init__(self, title: str, text: str) -> None:
        super().__init__(text)
        self.title = title
        self.text = text


class UnknownBattle(VerdictError):
    """No such battle, or it was handed to somebody else: the two are told apart nowhere."""

    status = 404


class BadVerdict(VerdictError):
    status = 400


class AlreadyJudged(VerdictError):
    """Another verdict (or a skip) is recorded for this battle."""

    status = 409


class BattleExpired(VerdictError):
    status = 410


class TooOften(VerdictError):
    """Skips and undos of this hour are used up; `retry_after` is in seconds."""

    status = 429

    def __init__(self, *, retry_after: int) -> None:
        minutes = -(-retry_after // 60)
        super().__init__(
            "That was a lot of skipping",
            f"{TAKEN_BACK_PER_HOUR} pairs an hour can be skipped or taken back, so that nobody picks "
            f"the pairs that suit. Nothing was recorded; in {minutes} min there is room again.",
        )
        self.retry_after = retry_after


@dataclass(frozen=True)
class Reason:
    """Why a verdict does not count, and the sentence that tells the voter."""

    code: str
    sentence: str


NAME_KNOWN = Reason(
    "name-known",
    "You have already been told who made one of these pictures, so this verdict is for fun.",
)
WITHDRAWN = Reason("withdrawn", "One of these pictures was taken out of the arena meanwhile.")
CURATOR = Reason("curator", "Curators see names at their desk, so their verdicts never count.")
TOO_FAST = Reason(
    "too-fast",
    "It came within a quarter of a second, too fast to have looked at both pictures, so it is for fun.",
)
DAILY_CAP = Reason(
    "daily-cap",
    f"You have given {COUNTED_PER_DAY} counted verdicts today, and no one voter shall decide a board: "
    "until midnight UTC further ones are for fun.",
)
CROWDED_NETWORK = Reason(
    "crowded-network",
    f"More than {NEW_VOTERS_PER_HOUR} new voters came from your network within an hour. Until midnight "
    "UTC the verdicts of its latest ones are for fun, since we cannot tell a class from a script.",
)
REASONS = {
    reason.code: reason
    for reason in (NAME_KNOWN, WITHDRAWN, CURATOR, TOO_FAST, DAILY_CAP, CROWDED_NETWORK)
}

# The voter before the battle, always in this order, so that requests of one voter wait in line: caps
# cannot be raced, and an undo finds its verdict.
LOCK = """
with me as materialized (
    select id, simulated from battles_voter
    where id = %(voter)s and forgotten_at is null for no key update
)
select battle.id, battle.token, battle.voter_id, battle.population, battle.prompt_id,
       battle.left_id, battle.right_id, battle.skipped_at is not null, me.simulated
from me join battles_battle battle on battle.voter_id = me.id
where battle.token = %(token)s
for no key update of battle
"""
BATTLE = ("id", "token", "voter_id", "population", "prompt_id", "left_id", "right_id")


@dataclass(frozen=True)
class LockedBattle:
    """A battle whose rows, and its voter's, are locked until the transaction ends."""

    row: Battle
    skipped: bool
    simulated: bool


def record_verdict(
    *,
    token: str,
    voter: Voter | None,
    verdict: str,
    viewing_ms: int | None = None,
    is_curator: bool = False,
) -> Vote:
    """Record a voter's verdict on a battle, once (I1); return the vote, the first one on a repeat.

    Raises BadVerdict (400), UnknownBattle (404), AlreadyJudged (409) or BattleExpired (410). It counts
    only if both pictures' names were new to this voter (both exposures are inserted here and now), both
    are still in play, the voter is no curator, and the caps hold (`caps`): the look at the pair, in ms
    as the page reports it or since the battle was issued, is never longer than since the last verdict.
    """
    recorded = take_verdict(
        token=token,
        voter_id=None if voter is None else voter.pk,
        verdict=verdict,
        viewing_ms=viewing_ms,
        is_curator=is_curator,
    )
    return Vote.objects.select_related("battle").get(battle=recorded.battle_id)


def take_verdict(
    *,
    token: str,
    voter_id: int | None,
    verdict: str,
    viewing_ms: int | None,
    is_curator: bool,
    drawn: Drawn = NOTHING_DRAWN,
) -> Recorded:
    """Record a verdict like `record_verdict`, with the battles that were drawn to follow it."""
    if verdict not in Verdict.values:
        raise BadVerdict(
            "No such verdict",
            f"A verdict is one of {', '.join(Verdict.values)}; this one is “{verdict[:40]}”.",
        )
    recorded = None
    if voter_id is not None:
        recorded = call_record(
            voter_id=voter_id,
            token=token,
            verdict=verdict,
            viewing_ms=viewing_ms,
            is_curator=is_curator,
            drawn=drawn,
        )
    if recorded is None:
        raise unknown_battle()
    if recorded.vote_id is None:
        raise _closed(skipped=recorded.skipped)
    if recorded.verdict != verdict:
        raise _other_verdict(recorded.verdict)
    return recorded


def record_skip(*, token: str, voter: Voter | None) -> None:
    """Put a battle aside; nothing is revealed, nothing counts. Skipping twice is the same as once.

    Raises UnknownBattle (404), AlreadyJudged (409), or TooOften (429) beyond the cap on skips and undos.
    """
    with transaction.atomic():
        battle = lock_battle(token=token, voter=voter)
        recorded = recorded_vote(battle)
        if recorded:
            raise _other_verdict(recorded.verdict)
        if not battle.skipped:
            refuse_too_often(battle)
            Battle.objects.filter(pk=battle.row.pk).update(skipped_at=Now())


def lock_battle(*, token: str, voter: Voter | None) -> LockedBattle:
    """Lock a voter and one of the voter's battles, in this order; raise UnknownBattle where it is none."""
    row = None
    if voter is not None:
        with connection.cursor() as cursor:
            cursor.execute(LOCK, {"voter": voter.pk, "token": token})
            row = cursor.fetchone()
    if row is None:
        raise unknown_battle()
    return LockedBattle(Battle.from_db("default", BATTLE, row[: len(BATTLE)]), *row[len(BATTLE) :])


def recorded_vote(battle: LockedBattle) -> Vote | None:
    """Return the vote on a locked battle, or None."""
    vote = Vote.objects.filter(battle=battle.row).first()
    if vote:
        vote.battle = battle.row
    return vote


def refuse_too_often(battle: LockedBattle) -> None:
    """Raise TooOften when the voter's skips and undos of this hour are used up."""
    seconds = 0 if battle.simulated else seconds_until_room(battle.row.voter_id)
    if seconds:
        raise TooOften(retry_after=seconds)


def unknown_battle() -> UnknownBattle:
    """Say that a battle is nobody's, or somebody else's."""
    return UnknownBattle(
        "This battle is not yours",
        "The address belongs to no battle that was handed to this browser. "
        "Cookies keep battles and browsers together: allow them for this site and take the next pair.",
    )


def _closed(*, skipped: bool) -> VerdictError:
    if skipped:
        return AlreadyJudged(
            "You skipped this pair",
            "A skipped pair takes no verdict. The next pair is waiting for you.",
        )
    return BattleExpired(
        "This pair has expired",
        "It was on your screen for too long, so the verdict was not recorded. Take a fresh pair.",
    )


def _other_verdict(recorded: str) -> AlreadyJudged:
    said = Verdict(recorded).label
    return AlreadyJudged(
        "This pair has its verdict already",
        f"Recorded is “{said}”. A verdict is final, so the other one was not taken.",
    )
