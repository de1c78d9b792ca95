"""One transaction per verdict, in PostgreSQL alone: no broker, no cache, no file."""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.db.models.functions import Now

from arena.generation.models import Candidate

from .models import Battle, FoldEntry, Verdict, Vote, Voter


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
REASONS = {reason.code: reason for reason in (NAME_KNOWN, WITHDRAWN, CURATOR)}


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
    are still in play, and the voter is no curator.
    """
    if verdict not in Verdict.values:
        raise BadVerdict(
            "No such verdict",
            f"A verdict is one of {', '.join(Verdict.values)}; this one is “{verdict[:40]}”.",
        )
    with transaction.atomic():
        battle = _lock(token=token, voter=voter)
        recorded = Vote.objects.filter(battle=battle).select_related("battle").first()
        if recorded:
            if recorded.verdict == verdict:
                return recorded
            raise _other_verdict(recorded)
        _refuse_closed(battle)
        return _append(battle, verdict=verdict, viewing_ms=viewing_ms, is_curator=is_curator)


def record_skip(*, token: str, voter: Voter | None) -> Battle:
    """Put a battle aside; nothing is revealed, nothing counts. Skipping twice is the same as once."""
    with transaction.atomic():
        battle = _lock(token=token, voter=voter)
        recorded = Vote.objects.filter(battle=battle).first()
        if recorded:
            raise _other_verdict(recorded)
        if battle.skipped_at is None:
            Battle.objects.filter(pk=battle.pk).update(skipped_at=Now())
        return battle


def _lock(*, token: str, voter: Voter | None) -> Any:
    battle = (
        Battle.objects.select_for_update(of=("self",))
        .filter(token=token, voter=voter)
        .annotate(
            expired=ExpressionWrapper(Q(expires_at__lt=Now()), output_field=BooleanField()),
            left_status=F("left__status"),
            right_status=F("right__status"),
        )
        .first()
        if voter
        else None
    )
    if battle is None:
        raise UnknownBattle(
            "This battle is not yours",
            "The address belongs to no battle that was handed to this browser. "
            "Cookies keep battles and browsers together: allow them for this site and take the next pair.",
        )
    return battle


def _refuse_closed(battle: Any) -> None:
    if battle.skipped_at is not None:
        raise AlreadyJudged(
            "You skipped this pair",
            "A skipped pair takes no verdict. The next pair is waiting for you.",
        )
    if battle.expired:
        raise BattleExpired(
            "This pair has expired",
            "It was on your screen for too long, so the verdict was not recorded. Take a fresh pair.",
        )


def _other_verdict(vote: Vote) -> AlreadyJudged:
    said = Verdict(vote.verdict).label
    return AlreadyJudged(
        "This pair has its verdict already",
        f"Recorded is “{said}”. A verdict is final, so the other one was not taken.",
    )


def _append(battle: Any, *, verdict: str, viewing_ms: int | None, is_curator: bool) -> Vote:
    first, second = sorted((battle.left_id, battle.right_id))
    fresh = _expose(battle.voter_id, candidates=(first, second))
    reason = _why_not_counted(battle, names_new=fresh, is_curator=is_curator)
    vote = Vote.objects.create(
        battle=battle,
        voter_id=battle.voter_id,
        verdict=verdict,
        counted=reason is None,
        reason=reason.code if reason else "",
        first_id=first,
        second_id=second,
        viewing_ms=viewing_ms,
        created_at=Now(),
    )
    if reason is None:
        FoldEntry.objects.create(vote=vote, sign=1)
    return vote


def _expose(voter_id: int, *, candidates: tuple[int, int]) -> bool:
    """Note that the names are shown now; True when both were new to this voter."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into battles_exposure (voter_id, candidate_id) values (%s, %s), (%s, %s) "
            "on conflict do nothing",
            [voter_id, candidates[0], voter_id, candidates[1]],
        )
        return cursor.rowcount == len(candidates)


def _why_not_counted(battle: Any, *, names_new: bool, is_curator: bool) -> Reason | None:
    if is_curator:
        return CURATOR
    if not names_new:
        return NAME_KNOWN
    in_play = battle.left_status == battle.right_status == Candidate.Status.IN_PLAY
    return None if in_play else WITHDRAWN
