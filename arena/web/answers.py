"""The answer to a verdict: the next battles, the reveal, the progress, from moulds.

It is not one fragment: battles go to the end of the page's stage, the rest to its own place. The
templates are those of the vote page.
"""

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from django.utils.safestring import SafeString

from arena.battles.limits import Limit
from arena.web.moulds import fill, mark, take_mould
from arena.web.showing import Crowd, Progress, Reveal, RevealedSide, ShownBattle, ShownPicture

# What differs between two battles of one prompt, and between two reveals of one kind.
PICTURE = ("avif_1024", "avif_768", "jpeg", "width", "height")
SIDE = tuple(field.name for field in fields(RevealedSide) if field.name != "is_demo")
CROWD = tuple(field.name for field in fields(Crowd))
REVEAL = ("token", "challenge_title", "challenge_slug")

MARKED_PICTURES: dict[str, dict[str, Any]] = {
    side: {name: mark(f"{side}_{name}") for name in PICTURE} for side in ("left", "right")
}
MARKED_SIDES = {side: {name: mark(f"{side}_{name}") for name in SIDE} for side in ("left", "right")}
MARKED_CROWD = Crowd(**{name: mark(f"crowd_{name}") for name in CROWD})
MARKED_REVEAL: dict[str, Any] = {name: mark(name) for name in REVEAL}


def render_answer(
    *,
    battles: Iterable[ShownBattle],
    reveal: Reveal,
    progress: Progress,
    csrf_token: str,
    limit: Limit | None,
    tells_limit: bool,
) -> str:
    """Render the answer to a verdict; `limit` is why the next ones cannot count, if the verdict tells."""
    return "".join(
        [
            *(_fill_battle(battle, csrf_token=csrf_token) for battle in battles),
            _fill_reveal(reveal, csrf_token=csrf_token, limit=limit),
            _fill_progress(progress),
            _render_limit(limit) if tells_limit else "",
        ]
    )


def _fill_battle(battle: ShownBattle, *, csrf_token: str) -> SafeString:
    marked = replace(
        battle,
        token=mark("token"),
        left=_mark_picture(battle.left, side="left"),
        right=_mark_picture(battle.right, side="right"),
    )
    mould = take_mould(
        "web/vote/_battle.html",
        marked,
        context=lambda: {"battle": marked, "staged": True, "csrf_token": mark("csrf_token")},
    )
    return fill(
        mould,
        {
            "token": battle.token,
            "csrf_token": csrf_token,
            **{f"left_{name}": getattr(battle.left, name) for name in PICTURE},
            **{f"right_{name}": getattr(battle.right, name) for name in PICTURE},
        },
    )


def _mark_picture(picture: ShownPicture, *, side: str) -> ShownPicture:
    return replace(picture, **MARKED_PICTURES[side])


def _fill_reveal(reveal: Reveal, *, csrf_token: str, limit: Limit | None) -> SafeString:
    left, right, crowd = reveal.left, reveal.right, reveal.crowd
    marked = replace(
        reveal,
        **MARKED_REVEAL,
        left=_mark_side(left, side="left"),
        right=_mark_side(right, side="right"),
        crowd=crowd and MARKED_CROWD,
    )
    mould = take_mould(
        "web/vote/_last-duel.html",
        (marked, limit),
        context=lambda: {
            "reveal": marked,
            "limit": limit,
            "out_of_band": True,
            "csrf_token": mark("csrf_token"),
        },
    )
    values: dict[str, object] = {"csrf_token": csrf_token}
    values |= {name: getattr(reveal, name) for name in REVEAL}
    values |= {f"left_{name}": getattr(left, name) for name in SIDE}
    values |= {f"right_{name}": getattr(right, name) for name in SIDE}
    if crowd:
        values |= {f"crowd_{name}": getattr(crowd, name) for name in CROWD}
    return fill(mould, values)


def _mark_side(side_shown: RevealedSide, *, side: str) -> RevealedSide:
    """What is empty stays so: the template leaves its place out."""
    return RevealedSide(
        is_demo=side_shown.is_demo,
        **{name: getattr(side_shown, name) and MARKED_SIDES[side][name] for name in SIDE},
    )


def _fill_progress(progress: Progress) -> SafeString:
    marked = replace(progress, set=mark("set"))
    mould = take_mould(
        "web/vote/_set-progress.html",
        marked,
        context=lambda: {"progress_in_set": marked, "out_of_band": True},
    )
    return fill(mould, {"set": progress.set})


def _render_limit(limit: Limit | None) -> str:
    """What a voter is told about verdicts that cannot count; an empty place where there is nothing."""
    mould = take_mould(
        "web/vote/_limit.html", limit, context=lambda: {"limit": limit, "out_of_band": True}
    )
    return fill(mould, {})
