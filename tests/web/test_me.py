"""/me/: the voter's own votes, to nobody else; export; and the way out."""

import json

import pytest
from django.conf import settings as project
from django.db.models.functions import Now
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from arena.battles.models import FoldEntry, Undo, Verdict, Vote, Voter
from arena.battles.verdicts import NAME_KNOWN
from arena.battles.voters import set_voter
from arena.catalog.models import ImageModel
from arena.generation.models import PublicPicture
from arena.generation.moderation import hide_candidate
from arena.ratings.publishing import refresh_boards
from arena.web.views.me import DUELS_A_PAGE
from tests.factories import cast, create_arena, create_voter, issue

pytestmark = pytest.mark.django_db

ME, EXPORT, FORGET = "/me/", "/me/export.json", "/me/forget/"


def sit_down(client: Client, voter: Voter) -> Voter:
    """Give a client the cookie of a voter."""
    response = HttpResponse()
    set_voter(response, voter=voter)
    client.cookies[project.VOTER_COOKIE] = response.cookies[project.VOTER_COOKIE].value
    return voter


@pytest.fixture
def voter(client: Client) -> Voter:
    """No cap holds simulated voters: tests vote faster than people."""
    return sit_down(client, create_voter(simulated=True))


def thumb_of(candidate_id: int) -> str:
    return PublicPicture.objects.get(candidate_id=candidate_id, kind="thumb").name


def test_a_visitor_gets_a_kind_page_with_a_way_to_vote_and_no_cookie(client):
    create_arena()
    page = client.get(ME)
    text = page.content.decode()
    assert page.status_code == 200
    assert "You have not judged a pair yet" in text
    assert reverse("web:vote") in text
    assert project.VOTER_COOKIE not in page.cookies
    assert Voter.objects.count() == 0


@pytest.mark.parametrize("path", [ME, EXPORT, FORGET])
def test_pages_are_neither_indexed_nor_kept(client, voter, path):
    create_arena()
    cast(voter=voter)
    page = client.get(path)
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]


def test_a_voter_who_has_judged_nothing_reads_no_model_name(client, voter):
    create_arena(challenges=2)
    battle = issue(voter=voter)
    text = client.get(ME).content.decode() + client.get(EXPORT).content.decode()
    for model in ImageModel.objects.all():
        assert model.name not in text
        assert model.slug not in text
    assert thumb_of(battle.left_id) not in text


def test_pictures_not_judged_yet_are_not_on_the_page(client, voter):
    create_arena(challenges=3)
    judged, waiting = cast(voter=voter), issue(voter=voter)
    text = client.get(ME).content.decode()
    assert thumb_of(judged.first_id) in text
    assert thumb_of(judged.second_id) in text
    assert thumb_of(waiting.left_id) not in text
    assert thumb_of(waiting.right_id) not in text


def test_the_page_counts_what_counted_what_did_not_and_what_was_taken_back(client, voter):
    create_arena(challenges=3)
    cast(voter=voter)
    undone = cast(voter=voter)
    Undo.objects.create(vote=undone, created_at=Now())
    Vote.objects.filter(pk=cast(voter=voter).pk).update(counted=False, reason=NAME_KNOWN.code)
    page = client.get(ME)
    progress = page.context["progress"]
    counts = {name: progress[name] for name in ("total", "counted", "undone", "not_counted")}
    assert counts == {"total": 3, "counted": 1, "undone": 1, "not_counted": 1}
    assert (progress["sets"], progress["done"], progress["size"]) == (0, 3, 15)
    marks = [(duel.counted, duel.undone) for duel in page.context["duels"]]
    assert marks == [(False, False), (True, True), (True, False)]
    assert escape(NAME_KNOWN.sentence) in page.content.decode()


def test_fifteen_votes_complete_a_set(client, voter):
    create_arena(challenges=16)
    for _ in range(16):
        cast(voter=voter)
    progress = client.get(ME).context["progress"]
    assert (progress["sets"], progress["done"]) == (1, 1)


@pytest.mark.parametrize(
    ("verdict", "words"),
    [("left", "beat"), ("right", "lost to"), ("tie", "tied with"), ("both_bad", "as bad as")],
)
def test_a_duel_says_who_met_where_and_what_was_said(client, voter, verdict, words):
    create_arena()
    battle = cast(voter=voter, verdict=verdict).battle
    page = client.get(ME)
    (duel,) = page.context["duels"]
    sides = (battle.left.slot.model.name, battle.right.slot.model.name)
    assert (duel.left.name, duel.verb, duel.right.name) == (sides[0], words, sides[1])
    assert f"<em>{words}</em>" in page.content.decode()
    assert escape(battle.prompt.challenge.title) in page.content.decode()


def test_the_own_board_shows_ranks_interval_and_share(client, voter):
    create_arena(models=3)
    winner = cast(voter=voter, verdict="left").battle.left.slot.model
    refresh_boards()
    page = client.get(ME)
    (board,) = page.context["boards"]
    assert "/leaderboard/text-to-image/?population=demo" in page.content.decode()
    first, second = board.lines
    assert (first.model, first.row.rank, second.row.rank) == (winner, 1, 2)
    assert 0 < first.own_percent < 50
    assert first.forest.x_low < first.forest.x_mid < first.forest.x_high
    assert first.crowd_x <= first.forest.x_mid
    text = page.content.decode()
    assert f"{first.own_percent} % yours" in text
    assert "Not enough data yet: 0 of 10" in text


def test_models_that_the_voter_never_met_are_named_below_the_board(client, voter):
    create_arena(models=3)
    met = cast(voter=voter).battle
    for _ in range(12):
        cast(voter=create_voter(simulated=True))
    refresh_boards()
    page = client.get(ME)
    (board,) = page.context["boards"]
    (unmet,) = board.unmet
    assert unmet not in (met.left.slot.model, met.right.slot.model)
    assert "1 model you have not met yet" in page.content.decode()


def test_a_hidden_picture_keeps_its_place_without_an_address(client, voter):
    create_arena()
    battle = cast(voter=voter).battle
    hide_candidate(battle.left, reason="blurred")
    page = client.get(ME)
    assert page.context["duels"][0].left.thumb == ""
    assert thumb_of(battle.left_id) not in page.content.decode()


def test_duels_come_newest_first_thirty_a_page(client, voter):
    create_arena(challenges=DUELS_A_PAGE + 2)
    votes = [cast(voter=voter) for _ in range(DUELS_A_PAGE + 2)]
    first, second = client.get(ME), client.get(ME, {"page": "2"})
    slugs = [vote.battle.prompt.challenge.slug for vote in reversed(votes)]
    assert [duel.challenge_slug for duel in first.context["duels"]] == slugs[:DUELS_A_PAGE]
    assert [duel.challenge_slug for duel in second.context["duels"]] == slugs[DUELS_A_PAGE:]
    assert "?page=2#duels" in first.content.decode()
    assert "?page=1#duels" in second.content.decode()
    for nonsense in ("99", "x", "-1"):
        assert client.get(ME, {"page": nonsense}).status_code == 200


def test_the_number_of_queries_does_not_depend_on_the_votes(
    client, voter, django_assert_num_queries
):
    create_arena(challenges=4)
    cast(voter=voter)
    client.get(ME)
    with django_assert_num_queries(8):
        client.get(ME)
    cast(voter=voter)
    cast(voter=voter)
    with django_assert_num_queries(8):
        client.get(ME)
    with django_assert_num_queries(3):
        client.get(EXPORT)


def test_the_export_holds_all_own_votes_and_nobody_elses(client, voter):
    create_arena(challenges=2)
    cast(voter=create_voter(simulated=True))
    mine, undone = cast(voter=voter, verdict="tie"), cast(voter=voter)
    Undo.objects.create(vote=undone, created_at=Now())
    FoldEntry.objects.create(vote=undone, sign=-1)
    answer = client.get(EXPORT)
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"].startswith('attachment; filename="paragone-my-votes-20')
    votes = json.loads(answer.content)["votes"]
    assert [vote["undone"] for vote in votes] == [False, True]
    mine.refresh_from_db()
    battle, prompt = mine.battle, mine.battle.prompt
    created_at = votes[0].pop("created_at")
    assert created_at.startswith(mine.created_at.date().isoformat())
    assert votes[0] == {
        "token": battle.token,
        "population": "demo",
        "challenge": prompt.challenge.slug,
        "prompt": {"position": 1, "version": 1, "text": prompt.text},
        "left_model": battle.left.slot.model.slug,
        "right_model": battle.right.slot.model.slug,
        "verdict": Verdict.TIE,
        "counted": True,
        "reason": "",
        "undone": False,
        "voided": False,
        "viewing_ms": mine.viewing_ms,
    }


def test_the_export_of_a_visitor_is_empty(client):
    assert json.loads(client.get(EXPORT).content)["votes"] == []


def test_reading_the_confirmation_forgets_nobody(client, voter):
    create_arena()
    cast(voter=voter)
    text = client.get(FORGET).content.decode()
    assert "Your 1 vote stays in the database" in text
    assert 'method="post"' in text
    voter.refresh_from_db()
    assert voter.forgotten_at is None


def test_forgetting_ends_the_cookie_and_keeps_the_votes(client, voter):
    create_arena(challenges=2)
    vote = cast(voter=voter)
    copy = client.cookies[project.VOTER_COOKIE].value
    answer = client.post(FORGET)
    assert answer.status_code == 303
    assert answer.cookies[project.VOTER_COOKIE]["max-age"] == 0
    assert answer["Clear-Site-Data"] == '"storage"'
    page = client.get(answer["Location"])
    assert "this browser is forgotten" in page.content.decode()
    assert Vote.objects.get() == vote
    stranger = Client()
    stranger.cookies[project.VOTER_COOKIE] = copy
    assert "You have not judged a pair yet" in stranger.get(ME).content.decode()
    assert json.loads(stranger.get(EXPORT).content)["votes"] == []
    stranger.get("/vote/")
    assert Voter.objects.count() == 2


def test_forgetting_twice_or_without_a_cookie_says_the_same(client, voter):
    copy = client.cookies[project.VOTER_COOKIE].value
    client.post(FORGET)
    client.cookies[project.VOTER_COOKIE] = copy
    for again in (client, Client()):
        answer = again.post(FORGET)
        assert (answer.status_code, answer["Location"]) == (303, "/me/?forgotten=1")


def test_forgetting_needs_a_token_of_our_own_form(voter):
    strict = Client(enforce_csrf_checks=True)
    sit_down(strict, voter)
    assert strict.post(FORGET).status_code == 403
    voter.refresh_from_db()
    assert voter.forgotten_at is None


def test_a_voter_in_good_standing_is_never_told_to_be_forgotten(client, voter):
    create_arena()
    cast(voter=voter)
    assert "this browser is forgotten" not in client.get(f"{ME}?forgotten=1").content.decode()
