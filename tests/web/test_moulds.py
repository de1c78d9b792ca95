"""Answers from moulds say, byte for byte, what their templates say."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from arena.battles.limits import Limit
from arena.battles.verdicts import REASONS
from arena.web.answers import render_answer
from arena.web.cards import ShownReference
from arena.web.moulds import cut, fill, mark, take_mould
from arena.web.showing import (
    Crowd,
    Progress,
    Reveal,
    RevealedSide,
    ShownBattle,
    ShownPicture,
)

PICTURE = ShownPicture("/pictures/a.avif", "/pictures/b.avif", "/pictures/c.jpg", 1024, 768, "Left")
BATTLE = ShownBattle(
    token="token-1_",
    challenge_title="Cats & <dogs>",
    challenge_slug="cats",
    discipline="text-to-image",
    discipline_label="Text to image",
    categories=("Animals", "It's art"),
    prompt='A cat says "hello" & {left_width}',
    what_to_judge="Which <b>looks</b> better?",
    shape="wide",
    left=PICTURE,
    right=replace(PICTURE, jpeg="/pictures/d.jpg", width=512, alt="Right picture"),
    references=(),
    counts=True,
    counts_reason="",
    scope_query="?challenge=cats",
)
REFERENCE = ShownReference("/pictures/r.jpg", 1200, 800, "A cat", "Ann", "CC0", "https://a.example")
SIDE = RevealedSide(
    name="Model <A> & B's",
    slug="model-a",
    lab="Lab & Co",
    is_demo=False,
    thumb="/pictures/t.jpg",
    rating="1012",
    half_width="14",
    price="$0.04",
    seconds="8.1",
)
CROWD = Crowd(
    "3", "67 % of 3 others agree", "How 3 others voted", "67", "33", "0", "0", "100", "100"
)
REVEAL = Reveal(
    token="token-0",
    verdict="left",
    sentence_verb="beat",
    left=SIDE,
    right=replace(SIDE, name="Other", is_demo=True, price="free"),
    counted=True,
    reason="",
    challenge_title="Birds & <bees>",
    challenge_slug="birds",
    crowd=CROWD,
    undone=False,
    can_undo=True,
)
PROGRESS = Progress(set=3, done=7, size=15)


@pytest.fixture(autouse=True)
def keep_moulds(monkeypatch):
    monkeypatch.setattr(settings, "CARD_SECONDS", 60)


def render_directly(
    battles: list[ShownBattle],
    reveal: Reveal,
    progress: Progress,
    *,
    limit: Limit | None = None,
    tells_limit: bool = False,
) -> str:
    shared = {"csrf_token": "secret", "out_of_band": True, "limit": limit}
    return "".join(
        [
            *(
                render_to_string(
                    "web/vote/_battle.html", {**shared, "battle": battle, "staged": True}
                )
                for battle in battles
            ),
            render_to_string("web/vote/_last-duel.html", {**shared, "reveal": reveal}),
            render_to_string(
                "web/vote/_set-progress.html", {**shared, "progress_in_set": progress}
            ),
            render_to_string("web/vote/_limit.html", shared) if tells_limit else "",
        ]
    )


def answer(
    battles: list[ShownBattle],
    reveal: Reveal,
    progress: Progress,
    *,
    limit: Limit | None = None,
    tells_limit: bool = False,
) -> str:
    return render_answer(
        battles=battles,
        reveal=reveal,
        progress=progress,
        csrf_token="secret",
        limit=limit,
        tells_limit=tells_limit,
    )


@pytest.mark.parametrize(
    "battles",
    [
        [],
        [BATTLE],
        [BATTLE, replace(BATTLE, token="token-2", left=replace(PICTURE, jpeg="/pictures/z.jpg"))],
        [replace(BATTLE, shape="tall", references=(REFERENCE,), what_to_judge="")],
        [replace(BATTLE, counts=False, counts_reason="It's known.", prompt="long " * 70)],
        [replace(BATTLE, scope_query="", categories=())],
    ],
)
def test_battles_from_moulds_are_those_of_the_template(battles):
    for _ in range(2):  # the first takes the mould, the second finds it
        assert answer(battles, REVEAL, PROGRESS) == render_directly(battles, REVEAL, PROGRESS)


def test_reveals_from_moulds_are_those_of_the_template():
    changes = product(
        [{}, {"counted": False, "reason": "It's for <fun>."}],
        [{}, {"crowd": None}, {"crowd": replace(CROWD, n="1", left="100", to_tie="100")}],
        [{}, {"verdict": "both_bad", "sentence_verb": "as bad as"}],
        [{}, {"undone": True, "can_undo": False}],
        [{}, {"left": replace(SIDE, rating="", half_width="", price="", seconds="")}],
        [{}, {"right": replace(SIDE, half_width="", name="Third")}],
    )
    for steps in changes:
        reveal = replace(REVEAL, **{name: value for step in steps for name, value in step.items()})
        assert answer([], reveal, PROGRESS) == render_directly([], reveal, PROGRESS)


def test_progress_from_moulds_is_that_of_the_template():
    for done in range(15):
        progress = Progress(set=done + 1, done=done, size=15)
        assert answer([], REVEAL, progress) == render_directly([], REVEAL, progress)


@pytest.mark.parametrize(
    "limit",
    [
        None,
        Limit(REASONS["curator"], short="You are logged in.", until=None),
        Limit(REASONS["daily-cap"], short="200 count.", until=datetime(2099, 1, 1, tzinfo=UTC)),
    ],
)
def test_limits_are_told_as_the_templates_tell_them(limit):
    for _ in range(2):
        told = answer([], REVEAL, PROGRESS, limit=limit, tells_limit=True)
        assert told == render_directly([], REVEAL, PROGRESS, limit=limit, tells_limit=True)


def test_filling_escapes_and_misses_nothing():
    mould = cut(f"<p>{mark('name')} and {mark('name')} of {mark('lab')}</p>")
    filled = fill(mould, {"name": "<i>", "lab": "A&B"})
    assert filled == "<p>&lt;i&gt; and &lt;i&gt; of A&amp;B</p>"
    with pytest.raises(KeyError):
        fill(mould, {"name": "x"})


def test_a_mould_is_taken_once_for_a_shape():
    taken = []

    def context():
        taken.append(1)
        return {"problem": {"title": mark("title"), "text": mark("text")}}

    for _ in range(3):
        take_mould("web/vote/_vote-problem.html", "a shape of this test", context=context)
    assert taken == [1]
