"""Ordering from the command line: the cost first, nothing without a yes, nothing without a key."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from arena.challenges.models import Challenge
from arena.generation.budget import set_cap
from arena.generation.dispatch import plan_due
from arena.generation.models import Generation, Slot

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shipped(monkeypatch, quick_references):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    call_command("load_fixtures", no_pictures=True, stdout=StringIO())


def order(*words: str) -> str:
    out = StringIO()
    call_command("order", *words, stdout=out)
    return out.getvalue()


def test_the_cost_of_the_shipped_challenges_is_shown_and_nothing_is_ordered(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-real-key")
    text = order("gpt-image-1-5")
    assert text.count("1 pictures through openai/gpt-image-1.5, $0.") == 13
    assert text.count(" each (at most $0.") == 13
    assert "In all 13 pictures for about $0.67, at most $1.42." in text
    assert "allowed: $25.00 of $25.00 today (the whole site)" in text
    assert "Nothing was ordered" in text
    assert not Slot.objects.exists()


def test_caps_and_free_studios_are_told(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-real-key")
    set_cap(challenge=Challenge.objects.get(slug="fantasy-warrior"), dollars=Decimal("0.5"))
    text = order("gpt-image-1-5", "fantasy-warrior", "vintage-cafe-logo")
    assert "allowed: $0.50 of $0.50 (“Fantasy Warrior”)" in text
    assert text.count("the whole site") == 1
    free = order("studio-ray")
    assert "(nothing is charged)" in free
    assert "allowed" not in free
    assert "at most" not in free


def test_a_yes_orders_once_and_the_key_is_asked_of_the_environment(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-real-key")
    assert "2 pictures ordered." in order(
        "gpt-image-1-5", "vintage-cafe-logo", "--takes", "2", "--yes"
    )
    assert "0 pictures ordered." in order(
        "gpt-image-1-5", "vintage-cafe-logo", "--takes", "2", "--yes"
    )
    plan_due()
    planned = Generation.objects.filter(offering__provider__slug="openai")
    assert {generation.expected_cost for generation in planned} == {planned[0].expected_cost}
    assert planned.count() == 2
    assert "not-a-real-key" not in str(planned.values())


def test_without_a_key_nothing_is_ordered_and_the_variable_is_named():
    with pytest.raises(CommandError, match="OPENAI_API_KEY"):
        order("gpt-image-1-5", "--yes")
    assert not Slot.objects.exists()


def test_a_provider_whose_dialect_is_not_spoken_says_so(monkeypatch):
    with pytest.raises(CommandError, match=r"not spoken yet|no key for"):
        order("nano-banana-2", "--yes")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nobody",), "There is no model “nobody”. Known: flux"),
        (("studio-ray", "nowhere"), "There is no open challenge “nowhere”. Open: vintage"),
        (("studio-ray", "--takes", "0"), "from 1 to 20"),
    ],
)
def test_bad_words_are_told(words, message):
    with pytest.raises(CommandError, match=message):
        order(*words)


def test_closed_challenges_are_left_out(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-real-key")
    Challenge.objects.exclude(slug="fantasy-warrior").update(status="closed")
    assert "In all 1 pictures" in order("gpt-image-1-5")
