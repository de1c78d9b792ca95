"""A verdict and the voter's next battles, in two round trips and one commit.

The next pairs are drawn before the verdict is recorded, as if it were: both its names known, its battle
closed. The verdict's transaction stores them only if the voter's other open battles are still those the
draw knew; names become known and battles open or close under the voter's lock, and each time that list
changes, so that an equal list means an equal draw. Otherwise the window is filled in a transaction of
its own, as on a page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .issuing import WINDOW, draw_pairs, fill_window, new_token
from .models import Battle, Voter
from .pool import Pool, Scope, read_pool
from .recording import Drawn, OpenBattle, OpenWindow, Recorded, read_window
from .verdicts import take_verdict, unknown_battle


@dataclass(frozen=True)
class Onward:
    """A recorded verdict, and the voter's open battles in the scope, as `fill_window` gives them."""

    recorded: Recorded
    battles: Sequence[Battle | OpenBattle]


def judge(
    *,
    token: str,
    voter_id: int | None,
    verdict: str,
    viewing_ms: int | None,
    is_curator: bool,
    scope: Scope,
) -> Onward:
    """Record a verdict (see `record_verdict`, which raises the same) and top the voter's window up."""
    window = None if voter_id is None else read_window(voter_id)
    if voter_id is None or window is None:
        raise unknown_battle()
    judged = [battle for battle in window.waiting if battle.token == token]
    window = _without(window, judged)
    pool = read_pool(scope, simulated=window.simulated)
    drawn = _draw(voter_id, window=window, judged=judged, pool=pool)
    recorded = take_verdict(
        token=token,
        voter_id=voter_id,
        verdict=verdict,
        viewing_ms=viewing_ms,
        is_curator=is_curator,
        drawn=drawn,
    )
    if recorded.next_ids is None:
        return Onward(recorded, fill_window(Voter.objects.get(pk=voter_id), scope=scope))
    issued = [
        OpenBattle(pk, token, pool.population, pair.prompt, pair.left, pair.right)
        for pk, token, pair in zip(recorded.next_ids, drawn.tokens, drawn.pairs, strict=True)
    ]
    held = [battle for battle in window.waiting if _is_showable(battle, pool=pool)][:WINDOW]
    battles = [
        battle._replace(names_known=not window.known.isdisjoint((battle.left_id, battle.right_id)))
        for battle in [*held, *issued]
    ]
    return Onward(recorded, battles)


def _without(window: OpenWindow, judged: Sequence[OpenBattle]) -> OpenWindow:
    """Return the window as it will be when these have their verdicts."""
    waiting = tuple(battle for battle in window.waiting if battle not in judged)
    return replace(window, waiting=waiting, known=window.known | set(_candidates(judged)))


def _candidates(battles: Sequence[OpenBattle]) -> list[int]:
    return [candidate for battle in battles for candidate in (battle.left_id, battle.right_id)]


def _draw(voter_id: int, *, window: OpenWindow, judged: Sequence[OpenBattle], pool: Pool) -> Drawn:
    held = sum(_is_showable(battle, pool=pool) for battle in window.waiting)
    pairs = draw_pairs(
        voter_id,
        pool=pool,
        taken=set(_candidates(window.waiting)),
        known=window.known,
        count=WINDOW - held,
        just_seen=_candidates(judged),
    )
    return Drawn(
        population=pool.population,
        waiting=[battle.pk for battle in window.waiting],
        tokens=[new_token() for _ in pairs],
        pairs=pairs,
    )


def _is_showable(battle: OpenBattle, *, pool: Pool) -> bool:
    return battle.left_id in pool.candidates and battle.right_id in pool.candidates
