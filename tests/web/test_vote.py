"""The vote over HTTP: blind before the verdict, clear about bad input, with and without htmx."""

import re
from decimal import Decimal

import pytest
from django.conf import settings as project
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from arena.battles import caps, limits, recording, voters
from arena.battles.models import Battle, Exposure, Undo, Vote, Voter
from arena.battles.undo import UNDO_FOR, undo_verdict
from arena.battles.verdicts import REASONS
from arena.catalog.models import ImageModel
from arena.challenges.models import Challenge
from arena.generation.models import Candidate, PublicPicture
from arena.generation.moderation import hide_candidate
from tests.factories import cast, create_arena, create_challenge, create_model, look

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def open_vote(client: Client, path: str = "/vote/") -> Battle:
    """Load the vote page and return the battle it shows first."""
    page = client.get(path)
    assert page.status_code == 200
    token = re.search(r'id="battle-([\w-]+)"', page.content.decode())
    assert token
    return Battle.objects.get(token=token.group(1))


def send(client: Client, battle: Battle, verdict: str = "left", **values: str):
    address = reverse("web:verdict", args=[battle.token])
    values = {"viewing_ms": "3000", **values}
    return client.post(address, {"verdict": verdict, **values}, headers=HTMX)


def undo(client: Client, battle: Battle, **headers: str):
    return client.post(reverse("web:undo", args=[battle.token]), headers=headers or HTMX)


def test_the_vote_page_shows_three_battles_and_sets_the_cookie(client):
    create_arena(challenges=3)
    page = client.get("/vote/")
    assert page.content.count(b'class="battle"') == 3
    cookie = page.cookies[project.VOTER_COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]


def test_reloading_the_vote_page_keeps_voter_and_battles(client):
    create_arena(challenges=3)
    first = open_vote(client)
    assert open_vote(client) == first
    assert (Voter.objects.count(), Battle.objects.count()) == (1, 3)


def test_before_the_verdict_nothing_names_a_model(client):
    create_arena(challenges=3, files=True)
    names = ["Zebra Vision", "Quokka Paint"]
    for model, name in zip(ImageModel.objects.order_by("pk"), names, strict=True):
        ImageModel.objects.filter(pk=model.pk).update(
            name=name, slug=name.lower().replace(" ", "-")
        )
    page = client.get("/vote/")
    text = page.content.decode() + str(page.headers)
    pictures = re.findall(r"/pictures/[\w-]+\.\w+", text)
    assert len(pictures) > 12
    for address in set(pictures):
        answer = client.get(address)
        text += str(answer.headers) + b"".join(answer.streaming_content).decode("latin-1")
    for model in ImageModel.objects.all():
        for secret in (model.name, model.slug, model.api_id, model.lab.name):
            assert not re.search(rf"\b{re.escape(secret)}\b", text, re.I), secret


def test_a_verdict_reveals_both_names_and_brings_the_next_battle(client):
    create_arena(challenges=6)
    battle = open_vote(client)
    held = ",".join(Battle.objects.exclude(pk=battle.pk).values_list("token", flat=True))
    answer = send(client, battle, holding=held)
    assert answer.status_code == 200
    text = answer.content.decode()
    for side in (battle.left, battle.right):
        assert escape(side.slot.model.name) in text
    fresh = re.findall(r'id="battle-([\w-]+)"', text)
    assert len(fresh) == 1  # two of the window of three are held
    assert fresh[0] not in held


def test_the_same_verdict_again_gets_the_same_reveal(client):
    create_arena(challenges=2)
    battle = open_vote(client)
    first, again = send(client, battle), send(client, battle)
    assert (first.status_code, again.status_code) == (200, 200)
    assert Vote.objects.count() == 1
    left = battle.left.slot.model.name
    assert left in first.content.decode()
    assert left in again.content.decode()


def test_another_verdict_is_a_409_that_names_the_recorded_one(client):
    create_arena()
    battle = open_vote(client)
    send(client, battle, "left")
    answer = send(client, battle, "right")
    assert answer.status_code == 409
    assert "Left is better" in answer.content.decode()
    assert Vote.objects.get().verdict == "left"


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_bad_input_gets_the_right_status_and_a_sentence(client, headers):
    create_arena()
    battle = open_vote(client)
    own = reverse("web:verdict", args=[battle.token])
    stranger = Client()
    for sender, address, verdict, status, words in [
        (client, own, "up", 400, "A verdict is one of"),
        (client, own, "", 400, "A verdict is one of"),
        (stranger, own, "left", 404, "belongs to no battle"),
        (client, reverse("web:verdict", args=["nonsense"]), "left", 404, "belongs to no battle"),
        (stranger, reverse("web:skip", args=[battle.token]), "left", 404, "belongs to no battle"),
    ]:
        answer = sender.post(address, {"verdict": verdict}, headers=headers)
        assert answer.status_code == status
        assert words in answer.content.decode()
    assert not Vote.objects.exists()
    assert client.get(own).status_code == 405


def test_an_expired_battle_is_a_410(client):
    create_arena()
    battle = open_vote(client)
    Battle.objects.update(expires_at="2026-01-01T00:00Z")
    answer = send(client, battle)
    assert answer.status_code == 410
    assert "expired" in answer.content.decode()


def test_a_forged_cookie_is_nobody(client):
    create_arena()
    battle = open_vote(client)
    client.cookies[project.VOTER_COOKIE] = f"{battle.voter_id}:forged:signature"
    assert send(client, battle).status_code == 404


def test_a_verdict_right_after_the_pair_arrived_is_not_counted_and_says_why(client):
    create_arena()
    answer = send(client, open_vote(client), viewing_ms="120")
    assert answer.status_code == 200
    assert escape(REASONS["too-fast"].sentence) in answer.content.decode()
    assert Vote.objects.get().reason == "too-fast"


def test_undo_takes_the_verdict_back_and_says_so_twice(client):
    create_arena(challenges=4)
    battle = open_vote(client)
    send(client, battle)
    first, again = undo(client, battle), undo(client, battle)
    assert (first.status_code, again.status_code) == (200, 200)
    for answer in (first, again):
        assert answer.context["reveal"].undone
        assert not answer.context["reveal"].can_undo
        assert answer.context["battles"] == []
    assert Undo.objects.get().vote.battle == battle
    assert Battle.objects.count() == 4  # the window of three and the one after the verdict


def test_undo_without_htmx_goes_back_to_the_vote_page(client):
    first, _ = create_arena(challenges=2)
    battle = open_vote(client)
    send(client, battle)
    address = reverse("web:undo", args=[battle.token])
    answer = client.post(f"{address}?challenge={first.slug}")
    assert answer.status_code == 303
    page = reverse("web:vote_challenge", args=[first.slug])
    assert answer["Location"] == f"{page}?after={battle.token}"
    assert client.get(answer["Location"]).context["reveal"].undone


@pytest.mark.parametrize("headers", [HTMX, {"Accept": "text/html"}])
def test_a_refused_undo_has_its_status_and_a_sentence(client, headers):
    create_arena(challenges=2)
    battle = open_vote(client)
    assert undo(client, battle, **headers).status_code == 409
    send(client, battle)
    assert undo(Client(), battle, **headers).status_code == 404
    Vote.objects.update(created_at=Now() - UNDO_FOR)
    answer = undo(client, battle, **headers)
    assert answer.status_code == 409
    assert "for 10 seconds" in answer.content.decode()
    assert not Undo.objects.exists()
    assert client.get(reverse("web:undo", args=[battle.token])).status_code == 405


@pytest.mark.parametrize(
    ("cost", "dollars"), [("0.0400", "$0.04"), ("10", "$10"), ("0.0004", "$0.0004")]
)
def test_reveal_tells_price_and_seconds_where_they_are_known(client, cost, dollars):
    create_arena(challenges=2)
    battle = open_vote(client)
    measured = battle.left.generation
    measured.expected_cost, measured.total_ms = Decimal(cost), 33_300
    measured.save()
    said = " ".join(send(client, battle).content.decode().split())
    assert f"· {dollars} (demo price) · 33.3&nbsp;s" in said
    assert said.count("(demo price)") == 1  # of the other side nothing was measured


def test_beyond_the_cap_a_skip_is_a_429_that_says_when_there_is_room(client, monkeypatch):
    monkeypatch.setattr(caps, "TAKEN_BACK_PER_HOUR", 1)
    create_arena(challenges=3)
    client.post(reverse("web:skip", args=[open_vote(client).token]), headers=HTMX)
    battle = open_vote(client)
    answer = client.post(reverse("web:skip", args=[battle.token]), headers=HTMX)
    assert answer.status_code == 429
    assert 3590 <= int(answer["Retry-After"]) <= 3600
    assert "in 60 min there is room again" in answer.content.decode()
    assert Battle.objects.filter(skipped_at__isnull=False).count() == 1
    assert open_vote(client) == battle


def test_new_voters_of_a_full_network_vote_for_fun_and_are_told(client, monkeypatch):
    monkeypatch.setattr(voters, "NEW_VOTERS_PER_HOUR", 1)
    create_arena(challenges=3)
    for address, counted in [("203.0.113.1", True), ("203.0.113.9", False), ("203.0.9.9", True)]:
        browser = Client(REMOTE_ADDR=address)
        answer = send(browser, open_vote(browser))
        assert Vote.objects.latest("pk").counted == counted
        told = escape(REASONS["crowded-network"].sentence) in answer.content.decode()
        assert told != counted
    for voter in Voter.objects.all():
        assert re.fullmatch(r"[0-9a-f]{32}", voter.network)


def test_a_forgotten_voters_cookie_opens_nothing(client):
    create_arena()
    battle = open_vote(client)
    Voter.objects.update(forgotten_at=Now())
    assert send(client, battle).status_code == 404
    assert open_vote(client).voter_id != battle.voter_id


def test_the_transparency_page_tells_shares_reasons_and_caps(client):
    assert b"Not enough data yet" in client.get("/about/transparency/").content
    create_arena(challenges=4)
    voter = cast(verdict="left").voter
    undo_verdict(token=cast(verdict="tie", voter=voter).battle.token, voter=voter)
    send(client, open_vote(client), "right", viewing_ms="3")
    client.post(reverse("web:skip", args=[open_vote(client).token]))
    page = client.get("/about/transparency/")
    demo = next(p for p in page.context["populations"] if p["voters"])
    (people,) = demo["voters"]
    assert (people["verdicts"], people["not_counted"]) == (3, 1)
    assert (demo["skips"], demo["undos"]) == (1, 1)
    assert {r["code"]: c["n"] for r in demo["reasons"] for c in r["cells"] if c["n"]} == {
        "too-fast": 1
    }
    assert {s["label"]: s["percent"] for s in demo["shares"] if s["n"]} == {"Left is better": 100}
    text = page.content.decode()
    for reason in REASONS.values():
        assert reason.code in text
        assert escape(reason.sentence) in text
    assert "People: 3 verdicts, 33.3 % not counted" in text
    assert f"{caps.COUNTED_PER_DAY} verdicts of one voter count in a day" in text
    assert reverse("web:transparency") in client.get("/").content.decode()


@pytest.mark.parametrize("reported", ["-5", "nonsense", "9" * 30, "٣"])
def test_a_nonsense_viewing_time_is_no_report(client, reported):
    create_arena()
    assert send(client, open_vote(client), viewing_ms=reported).status_code == 200
    assert Vote.objects.get().viewing_ms is None


def test_skip_reveals_nothing(client):
    create_arena(challenges=4)
    battle = open_vote(client)
    answer = client.post(reverse("web:skip", args=[battle.token]), headers=HTMX)
    text = answer.content.decode()
    assert answer.status_code == 200
    for model in ImageModel.objects.all():
        assert model.name not in text
    assert battle.token not in text
    assert not Vote.objects.exists()


def test_without_javascript_a_verdict_redirects_to_the_reveal_and_stays_in_scope(client):
    first, _ = create_arena(challenges=2)
    path = reverse("web:vote_challenge", args=[first.slug])
    battle = open_vote(client, path)
    address = reverse("web:verdict", args=[battle.token])
    answer = client.post(f"{address}?challenge={first.slug}", {"verdict": "tie"})
    assert answer.status_code == 303
    assert answer["Location"] == f"{path}?after={battle.token}"
    page = client.get(answer["Location"]).content.decode()
    assert battle.left.slot.model.name in page
    foreign = Client().get(answer["Location"]).content.decode()
    assert battle.left.slot.model.name not in foreign


def test_csrf_is_asked_for_and_its_failure_explained():
    create_arena()
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(reverse("web:verdict", args=["x"]), {"verdict": "left"})
    assert answer.status_code == 403
    assert "Nothing was recorded" in answer.content.decode()


def test_an_empty_pool_says_so_kindly(client):
    challenge = create_challenge()
    page = client.get("/vote/").content.decode()
    assert "No pair is ready" in page
    page = client.get(reverse("web:vote_challenge", args=[challenge.slug])).content.decode()
    assert reverse("web:vote") in page


def test_when_every_name_is_known_votes_go_on_for_fun(client):
    create_arena()
    send(client, open_vote(client))
    page = client.get("/vote/").content.decode()
    assert "not be counted" in page


@pytest.mark.parametrize(
    "path",
    ["/vote/nonsense/", "/vote/challenge/nonsense/", "/pictures/nothing.avif", "/pictures/x.exe"],
)
def test_unknown_addresses_are_404_pages(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Traceback" not in answer.content.decode()


def test_a_draft_challenge_is_nowhere(client):
    draft = create_challenge(status=Challenge.Status.DRAFT)
    for name in ("vote_challenge", "challenge", "challenge_progress"):
        assert client.get(reverse(f"web:{name}", args=[draft.slug])).status_code == 404


def test_a_picture_is_immutable_and_a_hidden_one_is_gone_at_once(client):
    create_arena(files=True)
    picture = PublicPicture.objects.filter(kind="avif_1024").first()
    address = reverse("web:picture", args=[picture.name, picture.extension])
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/avif")
    assert "immutable" in answer["Cache-Control"]
    assert b"ftypavif" in b"".join(answer.streaming_content)
    hide_candidate(picture.candidate, reason="test")
    assert client.get(address).status_code == 404
    assert Candidate.objects.get(pk=picture.candidate_id).status == "hidden"


def test_both_pictures_of_a_pair_have_equal_sizes_and_kinds(client):
    create_arena(files=True)
    battle = open_vote(client)
    left, right = (
        {(p.kind, p.width, p.height, p.content_type) for p in side.pictures.all()}
        for side in (battle.left, battle.right)
    )
    assert left == right


def test_a_staff_members_verdict_does_not_count(client, admin_user):
    create_arena()
    client.force_login(admin_user)
    send(client, open_vote(client))
    assert Vote.objects.get().reason == "curator"


def test_the_vote_page_has_the_same_queries_for_one_battle_and_for_three(
    client, django_assert_max_num_queries
):
    create_arena()
    client.get("/vote/")
    with django_assert_max_num_queries(24):
        client.get("/vote/")
    Challenge.objects.all().update(status=Challenge.Status.CLOSED)
    create_arena(challenges=3)
    client.get("/vote/")
    with django_assert_max_num_queries(24):
        client.get("/vote/")


def test_votes_need_no_broker(client, settings):
    """I4: an address where nothing listens changes nothing for a voter."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    create_arena(challenges=2)
    assert send(client, open_vote(client)).status_code == 200
    assert create_model().pk


def test_a_challenge_that_every_model_declined_promises_no_pictures(client):
    challenge = create_challenge()
    page = client.get(f"/vote/challenge/{challenge.slug}/").content.decode()
    assert "No pair is ready here yet" in page
    assert "declined: its page says which" in page
    assert "look again in a moment" not in page
    assert f"/challenges/{challenge.slug}/" in page


FOR_FUN = '<div id="limit" class="limit"><details>'


def test_a_used_up_day_is_told_with_the_verdict_before_and_on_the_page(client, monkeypatch):
    for module in (limits, recording):
        monkeypatch.setattr(module, "COUNTED_PER_DAY", 2)
    create_arena(challenges=6)
    first = send(client, open_vote(client)).content.decode()
    assert '<div id="limit" class="limit" hx-swap-oob="innerHTML"></div>' in first
    look(voter=Voter.objects.get())
    second = send(client, open_vote(client)).content.decode()
    assert Vote.objects.filter(counted=True).count() == 2
    sentence = escape(REASONS["daily-cap"].sentence)
    assert 'hx-swap-oob="innerHTML"><details>' in second
    page = client.get("/vote/").content.decode()
    assert FOR_FUN in page
    for answer in (second, page):
        assert sentence in answer
        assert re.search(r"For fun until midnight UTC, in \d+\xa0(hours?|minutes?)", answer)
    # Read out once, with the reveal of the last verdict that counts.
    assert sentence in second[second.index('id="said"') : second.index('id="last-duel"')]
    look(voter=Voter.objects.get())
    third = send(client, open_vote(client)).content.decode()
    assert Vote.objects.latest("pk").reason == "daily-cap"
    assert third.count(sentence) == 3  # read out, the card's own line, and the line above the pair


def test_a_crowded_network_and_a_curator_are_told_before_the_press(client, django_user_model):
    create_arena(challenges=3)
    assert FOR_FUN not in client.get("/vote/").content.decode()
    Voter.objects.update(crowded=True)
    page = client.get("/vote/").content.decode()
    assert FOR_FUN in page
    assert escape(REASONS["crowded-network"].sentence) in page
    curator = Client()
    curator.force_login(django_user_model.objects.create_user("carla", is_staff=True))
    page = curator.get("/vote/").content.decode()
    assert FOR_FUN in page
    assert escape(REASONS["curator"].sentence) in page
    assert "until midnight" not in page[page.index(FOR_FUN) :].partition("</summary>")[0]


def test_a_closed_challenge_says_so_and_leads_on(client):
    (challenge,) = create_arena()
    Challenge.objects.update(status=Challenge.Status.CLOSED, closed_at=Now())
    page = client.get(reverse("web:vote_challenge", args=[challenge.slug])).content.decode()
    assert "This challenge is closed" in page
    assert "No pair is ready here yet" not in page
    assert f'href="{reverse("web:challenge", args=[challenge.slug])}"' in page
    page = client.get(reverse("web:challenge", args=[challenge.slug])).content.decode()
    assert "This challenge is closed; no vote on it was counted." in page


def test_a_verdict_with_a_name_known_leaves_the_limit_as_it_is(client):
    """It says nothing of the network: the line above the pair stays as the page has it."""
    create_arena()
    battle = open_vote(client)
    Voter.objects.update(crowded=True)
    Exposure.objects.create(voter=battle.voter, candidate=battle.left)
    assert 'id="limit"' not in send(client, battle).content.decode()
    assert Vote.objects.get().reason == "name-known"
