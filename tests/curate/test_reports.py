"""From a reader's report to a decision: the form, the queue, one press, what voters and readers see then."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from arena.battles.models import STANDING, Decision, Report, Vote
from arena.battles.reports import REPORTS_PER_HOUR
from arena.battles.voters import SALT
from arena.challenges.models import Challenge, HistoryLine
from arena.curate.desk.undoing import take_back
from arena.generation.models import Candidate, Slot
from arena.generation.moderation import is_retired
from arena.ratings.models import Tally
from arena.ratings.publishing import refresh_boards
from tests.factories import cast, create_arena, create_voter, issue

pytestmark = pytest.mark.django_db


def name_of(candidate: Candidate) -> str:
    return candidate.pictures.get(kind="thumb").name


def send(client: Client, candidate: Candidate, **values: Any) -> Any:
    address = reverse("web:report", args=[name_of(candidate)])
    return client.post(address, {"reason": "person", "words": "That is me."} | values)


def decide(client: Client, candidate: Candidate, what: str, **values: str) -> Any:
    address = reverse("moderation:reported_picture", args=[candidate.pk])
    return client.post(address, {"decision": what} | values, follow=True)


def test_a_reader_reports_a_picture_and_never_learns_who_made_it(client):
    create_arena()
    picture = Candidate.objects.all()[0]
    page = client.get(reverse("web:report", args=[name_of(picture)]))
    assert page.status_code == 200
    words = page.content.decode()
    assert picture.slot.model.name not in words and picture.slot.model.slug not in words
    sent = send(client, picture)
    assert client.get(sent["Location"]).context["sent"]
    report = Report.objects.get()
    assert (report.candidate, report.reason, report.words) == (picture, "person", "That is me.")
    assert report.voter is None and len(report.network) == 32


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "nonsense"}, "reason"),
        ({"words": "x" * 501}, "words"),
        ({"words": "null \0"}, "words"),
    ],
)
def test_a_bad_report_says_what_is_wrong_and_keeps_what_was_typed(client, values, field):
    create_arena()
    answer = send(client, Candidate.objects.all()[0], **values)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    if values.get("reason") == "":
        assert "That is me." in answer.content.decode()
    assert not Report.objects.exists()


def test_reports_beyond_the_limit_are_told_so(client):
    create_arena(takes=REPORTS_PER_HOUR // 2 + 1)
    pictures = Candidate.objects.all()
    answers = [send(client, picture).status_code for picture in pictures]
    assert answers == [302] * REPORTS_PER_HOUR + [429, 429]


def test_a_voter_reports_from_a_pair_and_nobody_else_finds_it(client, settings):
    create_arena()
    battle = issue()
    address = reverse("web:report_duel", args=[battle.token])
    assert client.get(address).status_code == 404
    client.cookies[settings.VOTER_COOKIE] = signing.dumps(battle.voter_id, salt=SALT)
    page = client.get(address).content.decode()
    for candidate in (battle.left, battle.right):
        assert reverse("web:report", args=[name_of(candidate)]) in page
        assert candidate.slot.model.name not in page
    send(client, battle.left)
    assert Report.objects.get().voter_id == battle.voter_id


def test_unknown_and_hidden_pictures_give_no_error(client):
    create_arena()
    picture = Candidate.objects.all()[0]
    assert client.get("/pictures/nothing-here/report/").status_code == 404
    address = reverse("web:report", args=[name_of(picture)])
    Candidate.objects.filter(pk=picture.pk).update(status="hidden")
    page = client.get(address)
    assert page.status_code == 200
    assert page.context["picture"] is None and page.context["hidden"]


def test_the_queue_says_who_made_it_what_was_said_and_what_voiding_would_take(client, curator):
    create_arena()
    vote = cast()
    picture = vote.battle.left
    send(client, picture)
    page = client.get(reverse("moderation:reports")).content.decode()
    assert "That is me." in page
    assert picture.slot.model.name in page
    assert "void its 1 vote" in page
    assert "1 picture waits for a decision." in page


def test_one_press_hides_a_picture_everywhere_and_voids_its_votes(client, curator):
    (challenge,) = create_arena(files=True)
    vote = cast()
    refresh_boards()
    picture = vote.battle.left
    send(client, picture)
    file = reverse(
        "web:picture", args=[name_of(picture), picture.pictures.get(kind="thumb").extension]
    )
    served = client.get(file)
    assert served.status_code == 200
    assert b"".join(served.streaming_content)[:2]
    answer = decide(client, picture, "hide-void", reason="Asked us to", queue="1")
    assert answer.redirect_chain[-1][0] == reverse("moderation:reports")
    assert "Hidden, and 1 vote voided." in answer.content.decode()
    assert client.get(file).status_code == 404
    refresh_boards()
    assert sum(Tally.objects.values_list("count", flat=True)) == 0
    decision = Decision.objects.get()
    assert (decision.decided_by, decision.reason) == (curator, "Asked us to")
    page = client.get(reverse("web:transparency")).content.decode()
    assert "voided with a picture that curators took out: 1" in page
    # Closed and long ago, the gallery shows the other picture alone.
    Challenge.objects.update(status="closed", closed_at=Now() - timedelta(days=1))
    gallery = client.get(reverse("web:challenge", args=[challenge.slug])).content.decode()
    assert reverse("web:report", args=[picture.pictures.get(kind="jpeg_1024").name]) not in gallery
    other = vote.battle.right.pictures.get(kind="jpeg_1024").name
    assert reverse("web:report", args=[other]) in gallery


def test_the_voter_is_told_that_the_vote_went_with_the_picture(client, curator, settings):
    create_arena()
    vote = cast()
    decide(client, vote.battle.left, "hide-void")
    voter = Client()
    voter.cookies[settings.VOTER_COOKIE] = signing.dumps(vote.voter_id, salt=SALT)
    page = voter.get(reverse("web:me")).content.decode()
    assert "One of these pictures was taken out later" in page
    (kept,) = voter.get(reverse("web:me_export")).json()["votes"]
    assert (kept["undone"], kept["voided"]) == (False, True)


@pytest.mark.parametrize(
    ("what", "status", "action"),
    [
        ("dismiss", "in-play", "dismissed"),
        ("hide-keep", "hidden", "hidden"),
        ("retire", "retired", "retired"),
        ("rotate", "retired", "rotated"),
    ],
)
def test_each_decision_is_recorded_and_leaves_the_queue(client, curator, what, status, action):
    create_arena()
    picture = Candidate.objects.all()[0]
    send(client, picture)
    answer = decide(client, picture, what)
    assert answer.status_code == 200
    picture.refresh_from_db()
    assert picture.status == status
    assert Decision.objects.get().action == action
    assert client.get(reverse("moderation:reports")).context["cases"] == []
    assert Slot.objects.filter(candidate=None).exists() == (what == "rotate")
    (line,) = HistoryLine.objects.all()
    assert f"picture {picture.pk} " in line.said
    assert line.challenge == Challenge.objects.get()
    if what == "hide-keep":
        assert "in play" in decide(client, picture, "show").content.decode()
        assert HistoryLine.objects.first().said.startswith(f"Put picture {picture.pk} ")
    else:
        assert line.way_back.startswith("Cannot be taken back")
        decide(client, picture, what)  # nothing is left to decide, so no line is
        assert HistoryLine.objects.count() == 1


def test_a_picture_that_was_hidden_with_its_votes_is_shown_again_by_the_history(client, curator):
    create_arena()
    picture = cast().battle.left
    send(client, picture)
    decide(client, picture, "hide-void")
    line = HistoryLine.objects.get()
    assert line.way_back.endswith("its voided votes stay voided.")
    assert Decision.objects.get().voided == 1
    take_back(line.pk, who=curator)
    picture.refresh_from_db()
    assert picture.status == "in-play"
    assert not Vote.objects.filter(STANDING).exists()


def test_what_is_no_decision_changes_nothing(client, curator):
    create_arena()
    picture = Candidate.objects.all()[0]
    answer = decide(client, picture, "explode")
    assert answer.status_code == 422
    assert not Decision.objects.exists()
    assert client.get("/curate/reports/999999/").status_code == 404


@pytest.mark.parametrize("who", ["anonymous", "voter", "staff"])
def test_nobody_else_sees_or_decides(client, settings, who):
    create_arena()
    picture = Candidate.objects.all()[0]
    if who == "staff":
        client.force_login(User.objects.create_user("stan", is_staff=True))
    if who == "voter":
        client.cookies[settings.VOTER_COOKIE] = signing.dumps(create_voter().pk, salt=SALT)
    for address in ("/curate/reports/", f"/curate/reports/{picture.pk}/"):
        for answer in (client.get(address), client.post(address, {"decision": "hide-void"})):
            assert answer.status_code in ((403, 405) if who == "staff" else (302, 405))
    assert not Decision.objects.exists()


def test_words_that_look_like_the_mark_do_not_retire_a_picture(client, curator):
    create_arena()
    picture = Candidate.objects.all()[0]
    decide(client, picture, "hide-keep", reason="Retired. Wrong file")
    picture.refresh_from_db()
    assert not is_retired(picture)
    decide(client, picture, "show")
    picture.refresh_from_db()
    assert picture.status == "in-play"


def test_a_second_press_of_show_closes_no_report_that_came_since(client, curator):
    create_arena()
    picture = Candidate.objects.all()[0]
    decide(client, picture, "hide-keep")
    decide(client, picture, "show")
    send(Client(), picture)
    assert "shown before" in decide(client, picture, "show").content.decode()
    assert Report.objects.get().decision is None
