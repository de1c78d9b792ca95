"""The demo's votes: cast as pictures appear, recovered by the board, removed whole."""

import json
import random
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from arena.battles.models import Vote
from arena.generation.models import Slot
from arena.generation.slots import Progress
from arena.ops import demo
from arena.ratings.boards import read_board
from arena.ratings.datasets import Scope
from arena.ratings.models import Tally
from arena.ratings.recompute import find_differences
from tests import factories

# As shipped, but far enough apart for a few hundred votes to tell.
STRENGTHS = {
    "studio-press": 1240,
    "studio-gouache": 1120,
    "studio-ray": 1000,
    "studio-stickers": 880,
    "studio-ray-draft": 760,
}


@pytest.fixture(autouse=True)
def state_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(demo.state, "folder", lambda: tmp_path)


@pytest.fixture
def studios(transactional_db, settings, tmp_path):
    """Three challenges with all pictures of the studios of the shipped demo file."""
    believed = {"level_share": 0.25, "strengths": {"text-to-image": STRENGTHS}}
    (tmp_path / "demo.json").write_text(json.dumps(believed))
    settings.FIXTURES = tmp_path
    models = [factories.create_model(slug=slug) for slug in STRENGTHS]
    challenges = [factories.create_challenge() for _ in range(3)]
    for challenge in challenges:
        for model in models:
            for take in range(2):
                factories.create_candidate(challenge=challenge, model=model, take=take)
    Slot.objects.update(finished_at="2026-11-22T00:00Z")
    return challenges


def cast(total: int, seed: int = 1) -> list[str]:
    lines: list[str] = []
    demo.cast_votes(total, say=lines.append, dice=random.Random(seed), patience=0)
    return lines


def standing(*, ready: int, wanted: int, cast: int, has_pair: bool = True, running: int = 0):
    progress = Progress(ready=ready, wanted=wanted, running=running, declined=0, failed=0)
    return demo.Standing(challenge=None, progress=progress, cast=cast, has_pair=has_pair)


def test_the_board_recovers_the_planted_order(studios):
    cast(400)
    board = read_board(Scope("demo", "text-to-image"))
    assert board.votes == 400
    assert [row.model.slug for row in board.rows] == list(STRENGTHS)
    # The scale as well: no planted strength is further off than a twice as wide interval.
    for row in board.rows:
        assert abs(row.rating - STRENGTHS[row.model.slug]) < 2 * row.half_width
    assert find_differences() == []


def test_votes_are_cast_to_the_number_and_not_beyond(studios):
    cast(40)
    assert Vote.objects.filter(counted=True, voter__simulated=True).count() == 40
    assert cast(40) == []
    cast(55)
    assert Vote.objects.filter(counted=True).count() == 55
    assert not Vote.objects.filter(counted=False).exists()


def test_clear_removes_what_was_simulated_and_keeps_peoples_votes(studios):
    person = factories.cast()
    cast(30)
    out = StringIO()
    call_command("demo", "--clear", stdout=out)
    assert "simulated voters removed" in out.getvalue()
    assert [vote.pk for vote in Vote.objects.all()] == [person.pk]
    assert sum(Tally.objects.values_list("count", flat=True)) == 1
    assert read_board(Scope("demo", "text-to-image")).votes == 1
    assert find_differences() == []


def test_cleared_votes_do_not_come_back_by_themselves(studios):
    call_command("demo", "--clear", stdout=StringIO())
    out = StringIO()
    call_command("demo", "--votes", "5", "--unless-cleared", stdout=out)
    assert "removed by" in out.getvalue()
    assert not Vote.objects.exists()
    call_command("demo", "--votes", "5", stdout=StringIO())
    assert Vote.objects.count() == 5


def test_votes_come_in_proportion_to_the_pictures():
    half = standing(ready=10, wanted=20, cast=100)
    none = standing(ready=0, wanted=20, cast=0, has_pair=False)
    assert demo.votes_due(half, among=[half, none], total=1000) == 250 - 100
    assert demo.votes_due(none, among=[half, none], total=1000) == 0


def test_what_challenges_without_a_pair_cannot_take_goes_to_the_others():
    able = standing(ready=20, wanted=20, cast=400)
    unable = standing(ready=0, wanted=0, cast=0, has_pair=False)
    assert demo.votes_due(able, among=[able, unable], total=1000) == 600


def test_a_demo_without_pictures_ends_by_itself_and_says_so(db):
    factories.create_challenge()
    lines = cast(10)
    assert lines == ["No new picture for 0 s: stopped at 0 votes."]


def test_a_negative_number_is_refused(db):
    with pytest.raises(CommandError, match="zero or more"):
        call_command("demo", "--votes", "-1")


def test_a_broken_demo_file_is_named(db, settings, tmp_path):
    (tmp_path / "demo.json").write_text("{}")
    settings.FIXTURES = tmp_path
    with pytest.raises(demo.DemoError, match=r"demo\.json"):
        demo.read_planted()


def test_the_shipped_file_knows_every_shipped_studio_in_its_disciplines(db, settings):
    catalog = json.loads((settings.FIXTURES / "catalog.json").read_text())
    wanted = {
        (discipline, model["slug"])
        for model in catalog["models"]
        if model.get("population") == "demo"
        for discipline in model["disciplines"]
    }
    planted = demo.read_planted()
    assert wanted == {
        (discipline, slug) for discipline, found in planted.items() for slug in found.strengths
    }
    for found in planted.values():
        assert sum(found.strengths.values()) == 1000 * len(found.strengths)
