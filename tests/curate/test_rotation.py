"""The sealed pool: a curator retires pictures for good and orders new takes in their place."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from arena.battles.issuing import Scope, candidates_in_play, fill_window
from arena.battles.models import FoldEntry, Vote
from arena.battles.verdicts import record_verdict
from arena.catalog.models import ImageModel, Population
from arena.challenges.editing import revise_prompt
from arena.challenges.models import Challenge
from arena.generation.dispatch import plan_due
from arena.generation.models import Candidate, Generation, PublicPicture, Slot
from arena.generation.moderation import (
    hide_candidate,
    is_retired,
    retire_candidate,
    rotate_candidate,
    unhide_candidate,
)
from arena.generation.slots import order_demo_pictures
from tests.factories import (
    cast,
    create_arena,
    create_candidate,
    create_challenge,
    create_model,
    create_voter,
    issue,
)

pytestmark = pytest.mark.django_db


def some_candidate() -> Candidate:
    create_arena()
    return Candidate.objects.order_by("pk")[0]


def in_play() -> set[int]:
    pool = candidates_in_play(Scope(), population=Population.DEMO)
    return set(pool.values_list("pk", flat=True))


def act(client: Client, action: str, *candidates: Candidate, confirmed: bool = True) -> Any:
    data: dict[str, Any] = {"action": action, "_selected_action": [c.pk for c in candidates]}
    if confirmed:
        data["confirmed"] = "yes"
    return client.post(reverse("admin:generation_candidate_changelist"), data, follow=True)


def test_a_retired_picture_leaves_the_pool_at_once_and_stays_served():
    create_arena(models=3)
    gone = Candidate.objects.order_by("pk")[0]
    assert retire_candidate(gone)
    assert gone.pk not in in_play()
    assert len(in_play()) == 2
    for _ in range(5):
        (battle,) = fill_window(create_voter(), scope=Scope(), size=1)
        assert gone.pk not in (battle.left_id, battle.right_id)


def test_a_picture_retires_once():
    candidate = some_candidate()
    assert [retire_candidate(candidate), retire_candidate(candidate)] == [True, False]


def test_votes_on_a_retired_picture_stay_counted():
    create_arena()
    vote = cast()
    retire_candidate(vote.battle.left)
    vote.refresh_from_db()
    assert (vote.counted, vote.reason) == (True, "")
    assert FoldEntry.objects.filter(vote=vote).count() == 1


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_verdict_on_an_open_battle_with_a_retired_picture_is_stored_and_not_counted(side):
    create_arena()
    battle = issue()
    retire_candidate(getattr(battle, side))
    vote = record_verdict(token=battle.token, voter=battle.voter, verdict="left")
    assert (vote.counted, vote.reason) == (False, "withdrawn")
    assert Vote.objects.count() == 1
    assert not FoldEntry.objects.exists()


def test_waiting_battles_with_a_retired_picture_are_not_shown_any_more():
    create_arena(challenges=2)
    voter = create_voter()
    first, second = fill_window(voter, scope=Scope())
    retire_candidate(first.left)
    assert [b.pk for b in fill_window(voter, scope=Scope())] == [second.pk]


def test_no_way_leads_a_retired_picture_back_into_play():
    candidate = some_candidate()
    retire_candidate(candidate)
    assert not unhide_candidate(candidate)
    hide_candidate(candidate, reason="a complaint")
    hide_candidate(candidate, reason="another one")
    candidate.refresh_from_db()
    assert (candidate.status, is_retired(candidate)) == ("hidden", True)
    assert not unhide_candidate(candidate)
    candidate.refresh_from_db()
    assert candidate.status == "retired"
    assert candidate.pk not in in_play()


def test_a_hidden_picture_that_is_retired_stays_hidden(client):
    create_arena(files=True)
    candidate = Candidate.objects.order_by("pk")[0]
    hide_candidate(candidate, reason="a complaint")
    assert retire_candidate(candidate)
    picture = PublicPicture.objects.filter(candidate=candidate)[0]
    address = reverse("web:picture", args=[picture.name, picture.extension])
    assert client.get(address).status_code == 404
    assert not unhide_candidate(candidate)
    candidate.refresh_from_db()
    assert candidate.status == "retired"
    shown = client.get(address)
    assert b"".join(shown.streaming_content)


def test_a_hidden_picture_that_is_not_retired_comes_back():
    candidate = some_candidate()
    hide_candidate(candidate, reason="a mistake")
    assert unhide_candidate(candidate)
    assert candidate.pk in in_play()


def test_rotating_orders_the_next_free_take_of_that_prompt_and_model_only(curator):
    challenge = create_challenge(prompts=("One.", "Two."))
    model = create_model(takes=2)
    old = create_candidate(challenge=challenge, model=model, take=0)
    create_candidate(challenge=challenge, model=model, take=3)
    create_candidate(challenge=challenge, model=create_model(), take=7)
    before = Slot.objects.count()
    slot = rotate_candidate(old, ordered_by=curator)
    assert slot is not None
    assert (slot.model, slot.prompt, slot.take) == (model, old.slot.prompt, 4)
    assert (slot.batch.ordered_by, slot.batch.challenge) == (curator, challenge)
    assert Slot.objects.count() == before + 1
    assert rotate_candidate(old, ordered_by=curator) is None
    assert Slot.objects.count() == before + 1


def test_a_new_take_is_drawn_by_itself():
    candidate = some_candidate()
    Slot.objects.update(finished_at=Now())
    slot = rotate_candidate(candidate, ordered_by=None)
    (planned,) = plan_due()
    generation = Generation.objects.get(pk=planned)
    assert generation.slot == slot
    assert generation.parameters["seed"] == slot.take == 1


def test_retired_takes_are_not_refilled_by_the_studios():
    studio = create_model(takes=2)
    challenge = create_challenge()
    takes = [create_candidate(challenge=challenge, model=studio, take=take) for take in range(2)]
    for candidate in takes:
        retire_candidate(candidate)
    assert order_demo_pictures() == 0
    rotate_candidate(create_candidate(challenge=challenge, model=studio, take=2), ordered_by=None)
    assert order_demo_pictures() == 0
    assert sorted(Slot.objects.values_list("take", flat=True)) == [0, 1, 2, 3]


@pytest.mark.parametrize("why", ["closed", "old prompt", "retired model"])
def test_a_take_that_could_not_compete_is_not_ordered(why):
    candidate = some_candidate()
    slot = candidate.slot
    if why == "closed":
        Challenge.objects.update(status=Challenge.Status.CLOSED)
    elif why == "old prompt":
        revise_prompt(slot.prompt, text="A green cone.")
    else:
        ImageModel.objects.filter(pk=slot.model_id).update(status=ImageModel.Status.RETIRED)
    assert rotate_candidate(candidate, ordered_by=None) is None
    candidate.refresh_from_db()
    assert candidate.status == "retired"
    assert Slot.objects.count() == 2


def test_a_curator_is_asked_before_pictures_are_retired(client, curator):
    candidate = some_candidate()
    for action in ("retire", "rotate"):
        page = act(client, action, candidate, confirmed=False).content.decode()
        assert "never comes back into play" in page
        assert candidate.slot.model.name in page
    candidate.refresh_from_db()
    assert candidate.status == "in-play"
    assert Slot.objects.count() == 2


def test_a_curator_retires_pictures_and_the_desk_remembers_who(client, curator):
    candidate = some_candidate()
    page = act(client, "retire", candidate)
    assert "1 pictures retired" in page.content.decode()
    candidate.refresh_from_db()
    assert candidate.status == "retired"
    entry = LogEntry.objects.get(object_id=str(candidate.pk))
    assert (entry.user, entry.get_change_message()) == (curator, "Retired.")
    assert entry.action_time is not None
    act(client, "retire", candidate)
    assert LogEntry.objects.count() == 1
    again = act(client, "unhide", candidate).content.decode()
    assert "never come back into play" in again


def test_a_curator_rotates_a_picture_and_sees_what_it_costs(client, curator):
    candidate = some_candidate()
    asked = act(client, "rotate", candidate, confirmed=False).content.decode()
    assert "ordered; price not known" in asked
    page = act(client, "rotate", candidate)
    assert "1 pictures retired, 1 new takes ordered" in page.content.decode()
    entry = LogEntry.objects.get(object_id=str(candidate.pk))
    assert (entry.user, entry.get_change_message()) == (curator, "Retired; take 1 ordered.")
    act(client, "rotate", candidate)
    assert Slot.objects.count() == 3


def test_only_curators_retire_pictures(client):
    candidate = some_candidate()
    client.force_login(User.objects.create_user("stranger", is_staff=True))
    act(client, "retire", candidate)
    candidate.refresh_from_db()
    assert candidate.status == "in-play"
