"""The way back at the desk: once, never over what is newer, and it says what it cannot restore."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from arena.battles.decisions import hide_picture, retire_picture
from arena.challenges.editing import add_prompt, lock_challenge, revise_prompt
from arena.challenges.history import note_action
from arena.challenges.models import Category, Challenge, HistoryLine
from arena.curate.desk.undoing import take_back
from arena.generation.budget import set_cap
from arena.generation.cancelling import cancel_slots, pause_batch, resume_batch
from arena.generation.models import (
    Batch,
    Candidate,
    Slot,
    SpendingCap,
)
from arena.generation.scheduling import move_scheduled
from tests.curate.pressing import at, in_hours, post, settings, undo_last
from tests.factories import (
    create_arena,
    create_challenge,
    create_model,
    create_offering,
    create_slot,
    issue,
)
from tests.generation.test_slots import elsewhere, wait_for_waiting

pytestmark = pytest.mark.django_db


def test_every_line_is_taken_back_or_says_why_not(client, curator):
    create_arena()
    challenge = Challenge.objects.get()
    post(client, "move", challenge.pk, do="close")
    undo_last(client, curator)
    challenge.refresh_from_db()
    assert challenge.is_open
    post(
        client,
        "settings",
        challenge.pk,
        **settings(title="New", canvas_width="256", canvas_height="256"),
    )
    undo_last(client, curator)
    challenge.refresh_from_db()
    assert challenge.title.startswith("Challenge ")
    prompt = challenge.prompts.get()
    post(client, "prompts", challenge.pk, prompt=prompt.pk, text="A blue cube.")
    undo_last(client, curator)
    newest = challenge.prompts.get(is_current=True)
    assert (newest.version, newest.text) == (3, prompt.text)
    post(client, "prompts", challenge.pk, text="A second one.")
    undo_last(client, curator)
    assert challenge.prompts.get(is_current=True) == newest
    post(client, "cap", challenge.pk, dollars="3")
    undo_last(client, curator)
    assert not hasattr(Challenge.objects.get(), "spending_cap")
    assert all(line.way_back for line in HistoryLine.objects.all())


def test_an_action_is_taken_back_once(client, curator):
    challenge = create_challenge()
    post(client, "move", challenge.pk, do="close")
    line = challenge.history.get()
    take_back(line.pk, who=curator)
    with pytest.raises(ValidationError, match="carla has taken this back already"):
        take_back(line.pk, who=curator)
    assert "Not taken back. carla has taken this back already." in post(client, "undo", line.pk)
    assert HistoryLine.objects.count() == 2


def test_undo_goes_back_to_our_own_pages_only(client, curator):
    challenge = create_challenge()
    for target in ("https://evil.example/", "//evil.example/", ""):
        post(client, "move", challenge.pk, do="close")
        line = challenge.history.first()
        answer = client.post(at("undo", line.pk), {"next": target})
        assert answer["Location"] == at("history")


def test_undoing_an_order_cancels_what_is_not_made_yet(client, curator):
    challenge, model = create_challenge(), create_model()
    create_offering(model=model)
    post(client, "order", challenge.pk, models=model.pk, takes=1, launch="1")
    undo_last(client, curator)
    assert Slot.objects.get().finished_at is not None
    assert cancel_slots([Slot.objects.get().pk]) == 0


def test_an_undo_that_is_overtaken_is_refused(client, curator):
    create_arena()
    challenge, candidate = Challenge.objects.get(), Slot.objects.first().candidate
    for dollars in ("10", "5"):
        post(client, "cap", challenge.pk, dollars=dollars)
    first = challenge.history.order_by("pk")[0]
    assert "changed since" in post(client, "undo", first.pk)
    assert SpendingCap.objects.get().dollars == 5
    post(client, "decide", candidate.pk, do="hide", reason="Wrong crop")
    hid = challenge.history.first()
    post(client, "decide", candidate.pk, do="unhide")
    hide_picture(candidate, void=False, reason="Unlawful", by=None)
    assert "decided about this picture since" in post(client, "undo", hid.pk)
    candidate.refresh_from_db()
    assert candidate.status == "hidden"


def read(challenge: Challenge) -> tuple[str, bool, bool, bool]:
    """Its status, and whether it is in the archive, opens and closes by itself."""
    challenge.refresh_from_db()
    moments = (challenge.archived_at, challenge.opens_at, challenge.closes_at)
    return challenge.status, *(moment is not None for moment in moments)


def test_a_draft_opened_by_accident_is_a_draft_again_with_its_moments(client, curator):
    (challenge,) = create_arena(status="draft")
    post(client, "schedule", challenge.pk, opens_at=in_hours(1), closes_at=in_hours(2))
    before = Challenge.objects.get()
    post(client, "move", challenge.pk, do="open")
    assert read(challenge) == ("open", False, False, True)
    undone = undo_last(client, curator)
    assert undone.said == "Took back: Opened it for votes."
    assert read(challenge) == ("draft", False, True, True)
    assert (challenge.opened_at, challenge.closed_at) == (None, None)
    assert (challenge.opens_at, challenge.closes_at) == (before.opens_at, before.closes_at)


def test_a_draft_whose_pairs_were_handed_out_is_closed_and_the_line_says_so(client, curator):
    (challenge,) = create_arena(status="draft")
    Challenge.objects.update(opens_at=timezone.now() - timedelta(seconds=1))
    assert move_scheduled() == 1
    assert "a draft again while no pair" in challenge.history.get().way_back
    issue()
    undone = undo_last(client, curator)
    assert read(challenge) == ("closed", False, False, False)
    assert "closed and no draft again, since pairs of it were handed out" in undone.said
    assert "opening it after that retires them. A moment that is over was not set again" in (
        undone.said
    )


def test_what_closing_and_archiving_erase_comes_back(client, curator):
    (challenge,) = create_arena(models=2)
    post(client, "schedule", challenge.pk, closes_at=in_hours(2))
    post(client, "move", challenge.pk, do="close")
    assert read(challenge) == ("closed", False, False, False)
    Challenge.objects.update(closed_at=timezone.now() - timedelta(hours=1))
    assert "2 pictures were shown with names" in undo_last(client, curator).said
    assert read(challenge) == ("open", False, False, True)
    post(client, "move", challenge.pk, do="close")
    post(client, "schedule", challenge.pk, opens_at=in_hours(1), closes_at=in_hours(2))
    post(client, "move", challenge.pk, do="archive")
    assert "by hand only" in challenge.history.first().said
    undo_last(client, curator)
    assert read(challenge) == ("closed", False, True, True)
    post(client, "move", challenge.pk, do="archive")
    put_aside = Challenge.objects.get().archived_at
    post(client, "move", challenge.pk, do="open")
    assert "back into the archive" in challenge.history.first().way_back
    undo_last(client, curator)
    assert read(challenge) == ("closed", True, False, False)
    assert challenge.archived_at == put_aside


def test_an_undo_of_a_state_that_was_changed_since_is_refused(client, curator):
    (challenge,) = create_arena()
    post(client, "move", challenge.pk, do="close")
    closed = challenge.history.get()
    post(client, "move", challenge.pk, do="archive")
    assert "changed since: set them by hand" in post(client, "undo", closed.pk)
    assert read(challenge) == ("closed", True, False, False)


def test_an_undo_of_categories_is_taken_whatever_their_order(client, curator):
    challenge = create_challenge(title="A", canvas_width=512, canvas_height=512, position=5)
    last, first = (Category.objects.create(slug=name, name=name) for name in ("zebras", "apples"))
    both = {"categories": [last.pk, first.pk]}
    post(client, "settings", challenge.pk, **settings(title="A", slug=challenge.slug, **both))
    assert set(challenge.categories.all()) == {last, first}
    undo_last(client, curator)
    assert not challenge.categories.exists()


def test_an_undo_of_settings_never_overwrites_newer_ones(client, curator):
    challenge = create_challenge(title="A", canvas_width=512, canvas_height=512, position=5)
    posters = Category.objects.create(slug="posters", name="Posters")
    for title in ("B", "C"):
        post(client, "settings", challenge.pk, **settings(title=title, slug=challenge.slug))
    older = challenge.history.order_by("pk")[0]
    assert "“title” has been changed since" in post(client, "undo", older.pk)
    challenge.refresh_from_db()
    assert challenge.title == "C"
    undo_last(client, curator)
    challenge.refresh_from_db()
    assert challenge.title == "B"
    for chosen in ({"categories": posters.pk}, {}):
        post(client, "settings", challenge.pk, **settings(title="B", slug=challenge.slug, **chosen))
    removed = challenge.history.first()
    posters.delete()
    assert "deleted meanwhile" in post(client, "undo", removed.pk)
    assert not HistoryLine.objects.filter(undoes=removed).exists()


def test_an_undo_of_a_schedule_never_overwrites_a_newer_one(client, curator):
    challenge = create_challenge(status="draft")
    for hours in (1, 2):
        post(client, "schedule", challenge.pk, opens_at=in_hours(hours))
    newer, older = challenge.history.all()
    assert "changed since: set them by hand" in post(client, "undo", older.pk)
    former = timezone.now() + timedelta(hours=1)
    post(client, "undo", newer.pk)
    challenge.refresh_from_db()
    assert abs(challenge.opens_at - former) < timedelta(minutes=2)


def test_lines_of_former_versions_are_still_taken_back(client, curator):
    (challenge,) = create_arena()
    note_action(
        challenge=challenge,
        who=curator,
        said="Changed title.",
        undo={"do": "settings", "values": {"title": "Former"}},
        way_back="Sets the former values again.",
    )
    undo_last(client, curator)
    challenge.refresh_from_db()
    assert challenge.title == "Former"
    for do, status in (("close", "closed"), ("open", "open")):
        line = note_action(
            challenge=challenge, who=curator, said="Did it.", undo={"do": do}, way_back="Undoes it."
        )
        post(client, "undo", line.pk)
        assert read(challenge)[0] == status


def test_a_second_press_leaves_no_line_that_could_be_undone(client, curator):
    create_arena()
    challenge = Challenge.objects.get()
    text = {"text": "A blue fox."}
    post(client, "prompts", challenge.pk, **text)
    post(client, "move", challenge.pk, do="close")
    lines = challenge.history.count()
    post(client, "prompts", challenge.pk, **text)
    assert "Nothing was changed" in post(client, "move", challenge.pk, do="close")
    assert challenge.history.count() == lines


@pytest.fixture
def batch():
    return create_slot(challenge=create_challenge(), model=create_model()).batch


def is_paused(batch: Batch) -> bool:
    batch.refresh_from_db()
    return batch.paused_at is not None


def test_an_undo_of_a_pause_never_lets_an_order_go_on_that_was_paused_anew(client, curator, batch):
    post(client, "batch", batch.pk, do="pause")
    first = HistoryLine.objects.get()
    # By somebody else among the raw rows, where no line is left.
    resume_batch(batch)
    pause_batch(batch)
    assert "paused or resumed since" in post(client, "undo", first.pk)
    assert is_paused(batch)


def test_an_undo_of_going_on_never_pauses_an_order_that_was_resumed_anew(client, curator, batch):
    for do in ("pause", "resume", "pause", "resume"):
        post(client, "batch", batch.pk, do=do)
    newest, _, older, _ = HistoryLine.objects.all()
    assert "paused or resumed this order since" in post(client, "undo", older.pk)
    assert not is_paused(batch)
    post(client, "undo", newest.pk)
    assert is_paused(batch)


def test_pauses_are_taken_back_one_after_another(client, curator, batch):
    for do in ("pause", "resume"):
        post(client, "batch", batch.pk, do=do)
    undo_last(client, curator)
    assert is_paused(batch)
    assert undo_last(client, curator).said.startswith("Took back: Paused order")
    assert not is_paused(batch)


def test_a_press_that_changes_no_order_leaves_no_line(client, curator, batch):
    assert "Nothing was changed." in post(client, "batch", batch.pk, do="resume")
    assert not HistoryLine.objects.exists()
    for _ in range(2):
        post(client, "batch", batch.pk, do="pause")
    assert HistoryLine.objects.count() == 1


def test_a_pause_of_a_former_version_is_taken_back_unless_a_newer_one_stands(
    client, curator, batch
):
    def note(do: str) -> HistoryLine:
        undo = {"do": do, "batch": batch.pk}
        return note_action(who=curator, said="Did it.", undo=undo, way_back="Undoes it.")

    post(client, "undo", note("pause").pk)
    assert is_paused(batch)
    post(client, "undo", note("resume").pk)
    assert not is_paused(batch)
    older = note("resume")
    pause_batch(batch)
    Batch.objects.update(paused_at=timezone.now() + timedelta(seconds=1))
    assert "paused this order since" in post(client, "undo", older.pk)
    assert is_paused(batch)


@pytest.fixture
def picture():
    create_arena()
    return Candidate.objects.first()


def press_on(client, desk: str, picture: Candidate, what: str) -> HistoryLine:
    """Hide a picture or show it again, at the desk or among the reports; return the newest line."""
    if desk == "desk":
        post(client, "decide", picture.pk, do={"show": "unhide"}.get(what, "hide"), reason="Crop")
    else:
        address = reverse("moderation:reported_picture", args=[picture.pk])
        client.post(address, {"decision": what, "reason": "Crop"})
    picture.refresh_from_db()
    return HistoryLine.objects.first()


@pytest.mark.parametrize("desk", ["desk", "reports"])
def test_an_undo_of_showing_a_picture_never_overrides_a_newer_decision(
    client, curator, picture, desk
):
    press_on(client, desk, picture, "hide-keep")
    first = press_on(client, desk, picture, "show")
    press_on(client, desk, picture, "hide-keep")
    newest = press_on(client, desk, picture, "show")
    assert "decided about this picture since" in post(client, "undo", first.pk)
    picture.refresh_from_db()
    assert picture.status == "in-play"
    hide_picture(picture, void=False, reason="Tells its maker", by=None)
    assert "decided about this picture since" in post(client, "undo", newest.pk)
    picture.refresh_from_db()
    assert picture.hidden_reason == "Tells its maker"


@pytest.mark.parametrize("desk", ["desk", "reports"])
def test_a_picture_that_was_shown_again_is_hidden_again_for_its_reason(
    client, curator, picture, desk
):
    press_on(client, desk, picture, "hide-keep")
    press_on(client, desk, picture, "show")
    undo_last(client, curator)
    picture.refresh_from_db()
    assert (picture.status, picture.hidden_reason) == ("hidden", "Crop")


def test_an_undo_of_showing_a_picture_is_refused_once_it_is_retired(client, curator, picture):
    press_on(client, "desk", picture, "hide-keep")
    played = press_on(client, "desk", picture, "show")
    Candidate.objects.filter(pk=picture.pk).update(status="retired")  # as an opening does
    assert "is retired: hide it by hand" in post(client, "undo", played.pk)
    press_on(client, "desk", picture, "hide-keep")
    assert press_on(client, "desk", picture, "show").said.endswith("it stays retired.")
    undo_last(client, curator)
    picture.refresh_from_db()
    assert picture.status == "hidden"


def test_a_shown_picture_of_a_former_version_is_hidden_unless_a_newer_decision_stands(
    client, curator, picture
):
    undo = {"do": "hide", "candidate": picture.pk, "reason": "Crop"}
    first, second = (
        note_action(who=curator, said="Put it back.", undo=undo, way_back="Hides it again.")
        for _ in range(2)
    )
    post(client, "undo", first.pk)
    picture.refresh_from_db()
    assert picture.hidden_reason == "Crop"
    retire_picture(picture, by=None)
    picture.decisions.update(created_at=timezone.now() + timedelta(seconds=1))
    assert "decided about this picture since" in post(client, "undo", second.pk)


@pytest.mark.parametrize(
    ("desk", "what"),
    [("desk", "hide-keep"), ("reports", "hide-keep"), ("reports", "hide-void")],
)
def test_a_picture_that_was_hidden_before_a_press_is_not_shown_by_its_undo(
    client, curator, picture, desk, what
):
    press_on(client, desk, picture, "hide-keep")
    line = press_on(client, desk, picture, what)
    did = "Voided the votes of" if what == "hide-void" else "Kept"
    assert line.said.startswith(f"{did} picture {picture.pk} ")
    assert (line.undo, picture.decisions.count()) == (None, 2)
    assert "it was hidden before, too" in post(client, "undo", line.pk)
    former = note_action(
        who=curator,
        said="Hid it.",
        undo={"do": "unhide", "decision": picture.decisions.first().pk},
        way_back="Shows it again.",
    )
    assert "It was hidden before that, too" in post(client, "undo", former.pk)
    picture.refresh_from_db()
    assert picture.status == "hidden"
    press_on(client, desk, picture, "show")
    assert press_on(client, desk, picture, "hide-keep").said.startswith("Hid picture")
    undo_last(client, curator)
    picture.refresh_from_db()
    assert picture.status == "in-play"


def test_an_undo_of_a_draft_never_erases_a_schedule_that_was_set_since(client, curator):
    post(client, "new", **settings())
    challenge = Challenge.objects.get()
    wrote = challenge.history.get()
    post(client, "schedule", challenge.pk, opens_at=in_hours(3))
    assert "changed since: set them by hand" in post(client, "undo", wrote.pk)
    former = note_action(
        challenge=challenge,
        who=curator,
        said="Wrote it.",
        undo={"do": "archive"},
        way_back="Puts the draft into the archive.",
    )
    assert "scheduled since" in post(client, "undo", former.pk)
    assert read(challenge) == ("draft", False, True, False)
    post(client, "schedule", challenge.pk)
    post(client, "undo", wrote.pk)
    assert read(challenge) == ("draft", True, False, False)


def test_a_change_of_a_prompt_that_is_sent_twice_leaves_one_line(client, curator):
    challenge = create_challenge()
    edit = {"prompt": challenge.prompts.get().pk, "text": "A blue fox."}
    post(client, "prompts", challenge.pk, **edit)
    assert "Nothing was changed." in post(client, "prompts", challenge.pk, **edit)
    assert [line.said for line in challenge.history.all()] == ["Changed prompt 1: version 2."]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["add", "revise"])
def test_who_waits_for_somebody_that_writes_the_same_prompt_leaves_no_line(client, curator, change):
    challenge = create_challenge()
    prompt = challenge.prompts.get()
    edit = {"text": "A blue fox."} | ({"prompt": prompt.pk} if change == "revise" else {})
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock_challenge(challenge)
            if change == "revise":
                revise_prompt(prompt, text="A blue fox.")
            else:
                add_prompt(challenge, text="A blue fox.")
            posting = pool.submit(elsewhere, lambda: post(client, "prompts", challenge.pk, **edit))
            wait_for_waiting([posting])
        assert "Nothing was changed." in posting.result(timeout=20)
    assert (challenge.prompts.count(), HistoryLine.objects.count()) == (2, 0)


@pytest.mark.django_db(transaction=True)
def test_the_cap_before_a_press_is_the_one_that_somebody_set_just_before_it(client, curator):
    challenge = create_challenge()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock_challenge(challenge)
            set_cap(dollars=Decimal(7), challenge=challenge)
            posting = pool.submit(elsewhere, lambda: post(client, "cap", challenge.pk, dollars="5"))
            wait_for_waiting([posting])
        posting.result(timeout=20)
    undo_last(client, curator)
    assert SpendingCap.objects.get().dollars == 7
