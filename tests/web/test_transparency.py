"""The published share of verdicts that are not counted, for people and for simulated voters."""

import random
import re

import pytest

from arena.battles.models import Vote, Voter
from arena.battles.simulation import Planted, find_visitor, visit
from arena.catalog.models import ImageModel
from tests.factories import cast, create_arena

pytestmark = pytest.mark.django_db

VISITS = 40


def test_of_honest_simulated_voters_less_than_a_fifth_is_not_counted_and_it_is_printed(client):
    """They come as the demo's do, to some challenges each; the page prints their share by reason."""
    challenges = create_arena(challenges=3, models=4, takes=2)
    planted = Planted({m.slug: 0.0 for m in ImageModel.objects.all()}, level_share=0.2)
    dice = random.Random(7)
    for number in range(VISITS):
        challenge = challenges[number % len(challenges)]
        visit(
            find_visitor(challenge, dice=dice),
            challenge=challenge,
            planted=planted,
            most=4,
            dice=dice,
        )
    assert Voter.objects.filter(simulated=True).count() < VISITS
    text = client.get("/about/transparency/").content.decode()
    found = re.search(r"Simulated voters: (\d+) verdicts, ([\d.]+) % not counted", text)
    assert found
    total, share = int(found[1]), float(found[2])
    assert total == Vote.objects.count() > 100
    assert share < 20
    assert share == round(100 * Vote.objects.filter(counted=False).count() / total, 1)
    assert "People:" not in text


def test_peoples_and_simulated_verdicts_stand_apart(client):
    create_arena(challenges=4)
    voter = cast().voter
    Voter.objects.filter(pk=voter.pk).update(simulated=True)
    person = cast().voter
    Vote.objects.filter(voter=person).update(counted=False, reason="too-fast")
    page = client.get("/about/transparency/")
    demo = next(p for p in page.context["populations"] if p["voters"])
    assert [(k["label"], k["verdicts"], k["not_counted"]) for k in demo["voters"]] == [
        ("People", 1, 1),
        ("Simulated voters", 1, 0),
    ]
    row = next(r for r in demo["reasons"] if r["code"] == "too-fast")
    assert [cell["percent"] for cell in row["cells"]] == [100, 0]
