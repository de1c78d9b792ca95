"""The page of two models: one address, counts that equal the votes, expectations, history, duels that are over."""

from datetime import timedelta

import numpy as np
import pytest
from django.db.models import F
from django.urls import reverse

from arena.battles.models import Verdict, Vote
from arena.battles.pool import Scope as VoteScope
from arena.catalog.models import ImageModel, Population
from arena.challenges.models import Challenge
from arena.generation.models import Candidate
from arena.generation.moderation import retire_candidate
from arena.ratings.boards import read_board
from arena.ratings.datasets import Scope
from arena.ratings.matchups import read_matchup
from arena.ratings.publishing import refresh_boards
from arena.scoring.matchups import bound_rate
from arena.web import duels
from tests.factories import cast, create_arena, create_model, create_voter

pytestmark = pytest.mark.django_db

VERDICTS = ["left", "right", "tie", "left", "both_bad", "left", "right", "left"]


def address(first: ImageModel, second: ImageModel, **query: str) -> str:
    return reverse("web:matchup", args=sorted([first.slug, second.slug]), query=query or None)


def two_models() -> tuple[ImageModel, ImageModel]:
    first, second = ImageModel.objects.order_by("slug")[:2]
    return first, second


def count_by_hand(first: ImageModel, second: ImageModel) -> dict[str, int]:
    """Count the standing votes of a pair from the rows alone, from the first model's side."""
    said = {"wins": 0, "losses": 0, "tie": 0, "both_bad": 0}
    for vote in Vote.objects.select_related("battle__left__slot", "battle__right__slot"):
        left, right = vote.battle.left.slot.model_id, vote.battle.right.slot.model_id
        if {left, right} != {first.pk, second.pk} or not vote.counted:
            continue
        if vote.verdict in (Verdict.LEFT, Verdict.RIGHT):
            winner = left if vote.verdict == Verdict.LEFT else right
            said["wins" if winner == first.pk else "losses"] += 1
        else:
            said[vote.verdict] += 1
    return said


def test_the_record_equals_the_votes_overall_and_by_challenge(client):
    create_arena(challenges=3, models=3)
    for verdict in VERDICTS * 3:
        cast(verdict=verdict)
    refresh_boards()
    first, second = two_models()
    by_hand = count_by_hand(first, second)
    n = sum(by_hand.values())
    (meeting, other) = client.get(address(first, second)).context["meetings"]
    record = meeting.whole.record
    assert (record.wins, record.losses) == (by_hand["wins"], by_hand["losses"])
    assert (record.ties, record.both_bad) == (by_hand["tie"], by_hand["both_bad"])
    assert record.battles == n == sum(line.record.battles for line in meeting.lines) > 0
    points = record.wins + 0.5 * (record.ties + record.both_bad)
    lower, upper = bound_rate(points=points, battles=n)
    assert (record.win_rate, record.lower, record.upper) == (points / n, lower, upper)
    assert sum(part.n for part in meeting.bar) == n
    assert sum(part.width for part in meeting.bar) == pytest.approx(100)
    assert other.whole.record.battles == 0


def test_what_is_expected_follows_the_published_ratings(client):
    create_arena(challenges=2, models=3)
    for verdict in VERDICTS * 2:
        cast(verdict=verdict)
    refresh_boards()
    first, second = two_models()
    board = {row.model.pk: row for row in read_board(Scope("demo", "text-to-image")).rows}
    gap = board[first.pk].rating - board[second.pk].rating
    found = read_matchup(first, second, discipline="text-to-image")
    expected = 1 / (1 + 10 ** (-gap / 400))
    assert found.record.expected == pytest.approx(expected)
    error = np.sqrt(expected * (1 - expected) / found.record.battles)
    assert found.record.surprise == pytest.approx((found.record.win_rate - expected) / error)
    assert found.separation.gap == pytest.approx(gap, abs=0.11)
    assert found.ratings == (board[first.pk].rating, board[second.pk].rating)
    turned = read_matchup(second, first, discipline="text-to-image")
    assert turned.record.wins == found.record.losses
    assert turned.record.expected == pytest.approx(1 - expected)
    assert turned.separation.votes_needed == found.separation.votes_needed


def test_the_history_adds_up_to_the_record_day_by_day(client):
    create_arena(challenges=2, models=2)
    for verdict in [*VERDICTS, "left"]:
        cast(verdict=verdict)
    refresh_boards()
    for pk in Vote.objects.values_list("pk", flat=True)[:3]:
        Vote.objects.filter(pk=pk).update(created_at=F("created_at") - timedelta(days=2))
    first, second = two_models()
    chart = client.get(address(first, second)).context["meetings"][0].chart
    found = read_matchup(first, second, discipline="text-to-image")
    assert [m.value for m in chart.lines[0].series.moments] == [
        100 * day.record.win_rate for day in found.history
    ]
    assert [day.added for day in found.history] == [3, len(VERDICTS) - 2]
    assert [day.record.battles for day in found.history] == [3, len(VERDICTS) + 1]
    assert found.history[-1].day - found.history[0].day == timedelta(days=2)
    last = found.history[-1].record
    assert (last.wins, last.losses, last.lower) == (
        found.record.wins,
        found.record.losses,
        found.record.lower,
    )


def test_the_other_order_leads_to_the_one_address(client):
    create_arena()
    first, second = two_models()
    turned = reverse("web:matchup", args=[second.slug, first.slug])
    answer = client.get(f"{turned}?duels=2")
    assert answer.status_code == 301
    assert answer["Location"] == address(first, second, duels="2")


def test_what_can_be_no_matchup_is_told(client):
    create_arena()
    first, _ = two_models()
    real = create_model(population=Population.REAL)
    for pair, told in (
        ((first.slug, first.slug), "no matchup of a model with itself"),
        ((first.slug, "zz-nobody"), "There is no model “zz-nobody”"),
        (sorted([first.slug, real.slug]), "the two never meet"),
    ):
        answer = client.get(reverse("web:matchup", args=pair))
        assert answer.status_code == 404
        assert told in answer.content.decode()


def test_without_votes_it_says_what_is_missing(client):
    create_arena()
    page = client.get(address(*two_models())).content.decode()
    assert page.count("Not enough data yet") == 2
    assert "would win" not in page


def test_models_without_a_common_discipline_never_meet(client):
    first = create_model(disciplines=["text-to-image"])
    second = create_model(disciplines=["image-editing"])
    assert "These two never meet" in client.get(address(first, second)).content.decode()


def test_duels_are_shown_once_both_pictures_have_left_the_vote(client):
    create_arena(models=2)
    cast(verdict="left")
    cast(verdict="tie")
    refresh_boards()
    first, second = two_models()
    one, other = Candidate.objects.order_by("slot__model__slug")
    retire_candidate(one)
    sealed = client.get(address(first, second))
    assert sealed.context["duels"] == []
    for candidate in (one, other):
        assert candidate.original_name not in sealed.content.decode()
        assert not any(p.name in sealed.content.decode() for p in candidate.pictures.all())
    retire_candidate(other)
    page = client.get(address(first, second))
    (duel,) = page.context["duels"]
    assert (duel.first.model_slug, duel.second.model_slug) == (first.slug, second.slug)
    by_hand = count_by_hand(first, second)
    assert (duel.wins, duel.losses) == (by_hand["wins"], by_hand["losses"])
    assert (duel.ties, duel.both_bad, duel.battles) == (1, 0, 2)
    assert one.original_name in page.content.decode()


@pytest.mark.parametrize("number", ["2", "nonsense", "-1", "99999999999999999999"])
def test_duels_come_in_pages_and_odd_pages_are_no_error(client, monkeypatch, number):
    monkeypatch.setattr(duels, "DUELS_A_PAGE", 1)
    create_arena(challenges=2, models=2)
    voter = create_voter()
    for _ in range(2):
        cast(voter=voter)
    for candidate in Candidate.objects.all():
        retire_candidate(candidate)
    answer = client.get(address(*two_models(), duels=number))
    assert answer.status_code == 200
    assert len(answer.context["duels"]) == 1
    assert 'href="?duels=2#duels"' in answer.content.decode()


def test_the_page_costs_the_same_queries_with_one_and_three_challenges(
    client, django_assert_num_queries
):
    create_arena(challenges=3, models=2)
    cast()
    refresh_boards()
    pair = two_models()
    client.get(address(*pair))  # what a process keeps is read
    with django_assert_num_queries(12):
        assert len(client.get(address(*pair)).context["meetings"][0].lines) == 1
    for challenge in Challenge.objects.all():
        for _ in range(4):
            cast(scope=VoteScope(challenge=challenge.slug))
    refresh_boards()
    with django_assert_num_queries(12):
        assert len(client.get(address(*pair)).context["meetings"][0].lines) == 3
