"""The curators' own pages at /curate/: what needs me, a challenge from idea to archive, its history."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from arena.battles.decisions import hide_picture
from arena.battles.reports import open_reports, report_picture
from arena.challenges.history import note_action
from arena.challenges.models import Category, Challenge, HistoryLine
from arena.curate.desk.undoing import take_back
from arena.curate.login import ensure_group
from arena.generation.budget import set_cap
from arena.generation.cancelling import cancel_slots
from arena.generation.ledger import reserve
from arena.generation.models import (
    Batch,
    Breaker,
    Generation,
    LedgerEntry,
    Slot,
    SpendingCap,
)
from arena.generation.moderation import settle_uncertain
from arena.generation.scheduling import move_scheduled
from tests.curate.test_desk import png
from tests.factories import (
    create_arena,
    create_challenge,
    create_generation,
    create_model,
    create_offering,
    create_slot,
    issue,
)
from tests.generation.money import create_key, plan_call

pytestmark = pytest.mark.django_db


def at(name: str, *args: int) -> str:
    return reverse(f"desk:{name}", args=args)


def test_strangers_are_sent_to_the_login_and_others_are_refused(client):
    challenge = create_challenge()
    pages = [at("home"), at("history"), at("challenges"), at("new"), at("challenge", challenge.pk)]
    for page in pages:
        assert client.get(page)["Location"].startswith("/staff/login/?next=/curate/")
    client.force_login(User.objects.create_user("staff", is_staff=True))
    assert [client.get(page).status_code for page in pages] == [403] * 5
    in_group_but_no_staff = User.objects.create_user("voter")
    in_group_but_no_staff.groups.add(ensure_group())  # with all its permissions
    client.force_login(in_group_but_no_staff)
    assert client.get(at("home")).status_code == 403
    assert client.post(at("move", challenge.pk), {"do": "close"}).status_code == 403
    challenge.refresh_from_db()
    assert challenge.is_open


def settings(**values: Any) -> dict[str, Any]:
    return {
        "title": "Harbour at Dawn",
        "slug": "harbour-at-dawn",
        "discipline": "text-to-image",
        "what_to_judge": "",
        "canvas_width": "512",
        "canvas_height": "512",
        "position": "5",
    } | values


def post(client: Any, name: str, *args: int, status: int = 302, **data: Any) -> str:
    """Post as a browser does, follow to the page, and return it."""
    answer = client.post(at(name, *args), data)
    assert answer.status_code == status, answer.content.decode()[:2000]
    if status == 302:
        answer = client.get(answer["Location"])
        assert answer.status_code == 200
    return answer.content.decode()


def undo_last(client: Any, curator: User) -> HistoryLine:
    line = HistoryLine.objects.filter(undo__isnull=False, undone_by=None).first()
    post(client, "undo", line.pk)
    return HistoryLine.objects.get(undoes=line)


def test_a_dry_run_says_which_calls_would_wait_for_a_breaker(client, curator):
    challenge, model = create_challenge(), create_model(name="Painter")
    offering = create_offering(model=model)
    order = {"models": model.pk, "takes": 1, "dry": "1"}
    assert "would wait:" not in post(client, "order", challenge.pk, status=200, **order)
    Breaker.objects.create(
        offering=offering, open_until="2099-01-01T00:00Z", reason="auth: the key is void"
    )
    page = post(client, "order", challenge.pk, status=200, **order)
    assert "would wait:" in page
    assert "auth: the key is void" in page


def test_a_cap_of_round_dollars_is_written_in_figures(client, curator):
    challenge = create_challenge()
    set_cap(dollars=Decimal(100), challenge=challenge)
    page = client.get(at("challenge", challenge.pk)).content.decode()
    assert 'value="100"' in page
    assert "1E+2" not in page


def test_a_challenge_goes_from_idea_to_archive(client, curator):
    model = create_model(name="Painter")
    create_offering(model=model)
    page = post(client, "new", **settings())
    challenge = Challenge.objects.get(slug="harbour-at-dawn")
    assert "The draft is kept" in page
    post(client, "prompts", challenge.pk, text="A harbour at dawn.")
    page = post(client, "order", challenge.pk, status=200, models=model.pk, takes=2, dry="1")
    assert "Dry run: 2 calls would be made, and none was" in page
    assert not Slot.objects.exists()
    post(client, "order", challenge.pk, models=model.pk, takes=2, launch="1")
    assert Slot.objects.filter(batch__ordered_by=curator).count() == 2
    post(client, "move", challenge.pk, do="open")
    post(client, "move", challenge.pk, do="close")
    post(client, "move", challenge.pk, do="archive")
    challenge.refresh_from_db()
    assert challenge.archived_at is not None
    assert "Harbour at Dawn" not in client.get(at("challenges")).content.decode().split("<main")[1]
    assert "Harbour at Dawn" in client.get(at("challenges") + "?archive").content.decode()
    said = [line.said for line in reversed(challenge.history.all())]
    assert said[:4] == [
        "Wrote the draft “Harbour at Dawn”.",
        "Added prompt 1.",
        "Ordered 2 pictures.",
        "Opened it for votes.",
    ]
    assert said[-1] == "Archived it."
    assert {line.who for line in challenge.history.all()} == {curator}


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


def test_what_is_refused_is_said_and_kept(client, curator):
    challenge = create_challenge(prompts=(), status="draft")
    page = post(client, "settings", challenge.pk, status=422, **settings(slug="Not A Slug"))
    assert 'value="Not A Slug"' in page
    assert "Lower-case letters, digits" in page
    page = post(client, "prompts", challenge.pk, status=422, text="")
    assert "This field is required" in page
    page = post(client, "prompts", challenge.pk, status=422, text="a\0b")
    assert "ull characters" in page
    assert "needs at least one prompt" in post(client, "move", challenge.pk, do="open")
    page = post(client, "schedule", challenge.pk, status=422, opens_at="2020-01-01T00:00")
    assert "This moment is over." in page
    assert client.post(at("move", challenge.pk), {"do": "fly"}).status_code == 404
    assert client.get(at("move", challenge.pk)).status_code == 405
    challenge.refresh_from_db()
    assert challenge.status == "draft"
    assert not HistoryLine.objects.exists()


def test_a_preview_saves_nothing(client, curator):
    challenge = create_challenge()
    prompt = challenge.prompts.get()
    page = post(
        client,
        "prompts",
        challenge.pk,
        status=200,
        prompt=prompt.pk,
        text="A green cube.",
        preview="1",
    )
    assert "As voters would see it (not saved)" in page
    assert page.count("A green cube.") == 2
    assert challenge.prompts.get().text == "A red cube."


def test_an_edit_from_a_stale_page_is_refused_and_its_words_are_kept(client, curator):
    challenge = create_challenge(prompts=("A red cube.", "A red ball."))
    withdrawn, changed = challenge.prompts.order_by("position")
    post(client, "prompts", challenge.pk, prompt=withdrawn.pk, text=withdrawn.text, withdraw="1")
    post(client, "prompts", challenge.pk, prompt=changed.pk, text="A green ball.")
    for stale, why in ((withdrawn, "withdrew this prompt"), (changed, "changed this prompt")):
        edit = {"prompt": stale.pk, "text": "A blue cone."}
        page = post(client, "prompts", challenge.pk, status=422, **edit)
        assert f"Somebody {why} meanwhile" in page
        assert page.count("A blue cone.") == 1
        assert f'value="{stale.pk}"' not in page
    current = challenge.prompts.filter(is_current=True)
    assert list(current.values_list("text", flat=True)) == ["A green ball."]
    edit = {"prompt": current.get().pk, "text": "A green ball.", "showcase": "on"}
    page = post(client, "prompts", challenge.pk, status=422, **edit)
    assert "at least one prompt to vote on" in page


def test_people_on_a_reference_need_a_note_of_their_consent(client, curator):
    challenge = create_challenge(discipline="image-editing", status="draft")
    words = {"alt": "A sitter", "credit": "Somebody", "licence": "CC0", "shows_people": "on"}
    page = post(client, "references", challenge.pk, status=422, upload=png(), **words)
    assert "Note how the people on it agreed" in page
    assert not challenge.references.exists()
    post(client, "references", challenge.pk, upload=png(), consent="Signed on paper.", **words)
    reference = challenge.references.get()
    assert (reference.shows_people, reference.consent) == (True, "Signed on paper.")
    create_slot(challenge=challenge, model=create_model())
    assert "it stays with the challenge" in post(client, "detach", challenge.pk, reference.pk)
    assert challenge.references.count() == 1


def test_discipline_and_canvas_are_fixed_once_there_are_pictures(client, curator):
    create_arena()
    challenge = Challenge.objects.get()
    post(
        client, "settings", challenge.pk, **settings(discipline="image-editing", canvas_width="999")
    )
    challenge.refresh_from_db()
    assert (challenge.discipline, challenge.canvas_width) == ("text-to-image", 256)
    assert challenge.title == "Harbour at Dawn"


def test_an_uncertain_call_is_settled_at_the_sum_of_the_bill(client, curator):
    call = plan_uncertain()
    challenge = call.slot.competing_prompt.challenge
    assert "Uncertain calls" in client.get(at("home")).content.decode()
    page = client.get(at("challenge", challenge.pk)).content.decode()
    assert at("call", call.pk) in page
    assert "The line went dead." in page
    wrong = {"charged": "no", "amount": "0.03", "then": "again"}
    assert "has no sum" in post(client, "call", call.pk, status=422, **wrong)
    post(client, "call", call.pk, charged="yes", amount="0.03", then="again")
    paid = LedgerEntry.objects.get(generation=call, kind=LedgerEntry.Kind.SETTLE)
    assert paid.amount == Decimal("0.03")
    line = challenge.history.get()
    assert "charged at $0.03, sent again" in line.said
    assert "Cannot be taken back" in line.way_back
    post(client, "undo", line.pk)
    assert HistoryLine.objects.count() == 1
    answer = post(client, "call", call.pk, charged="no", then="give-up")
    assert "Somebody has decided about this call already." in answer


def test_settings_that_lay_open_set_nothing_back(client, curator):
    challenge = create_challenge(title="Harbour")
    form = client.get(at("challenge", challenge.pk)).context["settings_form"]
    seen = form["seen"].value()
    post(client, "settings", challenge.pk, **settings(title="Harbour at Noon"))
    mine = settings(title="Harbour at Night", seen=seen)
    told = post(client, "settings", challenge.pk, status=422, **mine)
    assert "Title “Harbour at Noon”" in told
    challenge.refresh_from_db()
    assert challenge.title == "Harbour at Noon"


@pytest.mark.parametrize("why", ["cancelled", "gateway"])
def test_a_picture_that_nobody_wants_is_not_sent_again(client, curator, why):
    call = plan_uncertain()
    if why == "cancelled":
        cancel_slots([call.slot_id])
    else:
        key = create_key()
        asked = {"discipline": "text-to-image", "prompt": "A cube.", "width": 256, "height": 256}
        Slot.objects.filter(pk=call.slot_id).update(
            prompt=None, batch=None, api_key=key, asked=asked
        )
    assert "Send again" not in client.get(at("call", call.pk)).content.decode()
    post(client, "call", call.pk, status=422, charged="no", then="again")
    # Cancelled only now, while another curator still had the choice.
    assert settle_uncertain(call, charged=False, send_again=True) == "given up"
    assert Slot.objects.get(pk=call.slot_id).finished_at is not None


def plan_uncertain() -> Generation:
    call = plan_call()
    with transaction.atomic():
        reserve(generation=call, amount=Decimal("0.04"))
    Generation.objects.filter(pk=call.pk).update(
        state=Generation.State.UNCERTAIN, message="The line went dead."
    )
    return Generation.objects.get(pk=call.pk)


def test_a_batch_is_paused_resumed_and_cancelled(client, curator):
    slot = create_slot(challenge=create_challenge(), model=create_model())
    post(client, "batch", slot.batch_id, do="pause")
    assert Batch.objects.get().paused_at is not None
    undo_last(client, curator)
    assert Batch.objects.get().paused_at is None
    post(client, "batch", slot.batch_id, do="cancel")
    slot.refresh_from_db()
    assert slot.finished_at is not None
    assert "never asked for again" in HistoryLine.objects.first().way_back
    assert client.post(at("batch", slot.batch_id), {"do": "burn"}).status_code == 404


def test_undoing_an_order_cancels_what_is_not_made_yet(client, curator):
    challenge, model = create_challenge(), create_model()
    create_offering(model=model)
    post(client, "order", challenge.pk, models=model.pk, takes=1, launch="1")
    undo_last(client, curator)
    assert Slot.objects.get().finished_at is not None
    assert cancel_slots([Slot.objects.get().pk]) == 0


def test_a_breaker_is_closed_from_the_first_page(client, curator):
    offering = create_offering()
    Breaker.objects.create(
        offering=offering, open_until=timezone.now() + timedelta(minutes=5), reason="auth: no key"
    )
    assert "auth: no key" in client.get(at("home")).content.decode()
    post(client, "breaker", offering.pk)
    assert Breaker.objects.get().open_until is None
    assert "Breakers open" not in client.get(at("home")).content.decode()


def test_the_first_page_lists_what_needs_a_curator(client, curator):
    create_challenge(title="Bare")
    create_arena(models=3)
    set_cap(dollars=Decimal(0), challenge=Challenge.objects.get(title="Bare"))
    page = client.get(at("home")).content.decode()
    assert "1 of 1 prompts cannot be voted on" in page
    assert "Open challenges with too few votes" in page
    assert "Budgets near their caps" in page
    assert "Pairs that need votes: text to image" in page
    assert "Uncertain calls" not in page


def test_progress_tells_the_providers_words(client, curator):
    challenge = create_challenge()
    call = create_generation(
        slot=create_slot(challenge=challenge, model=create_model(name="Prude")),
        state=Generation.State.REFUSED,
        message="I do not paint cubes.",
    )
    Slot.objects.filter(pk=call.slot_id).update(finished_at=timezone.now())
    fragment = client.get(at("progress", challenge.pk)).content.decode()
    assert "Prude" in fragment
    assert "<q>I do not paint cubes.</q>" in fragment
    assert "hx-get" not in fragment


def test_a_picture_is_hidden_shown_again_and_retired(client, curator):
    create_arena()
    challenge = Challenge.objects.get()
    candidate = Slot.objects.first().candidate
    report_picture(candidate, reason="person", voter=None, network="0" * 32)
    post(client, "decide", candidate.pk, do="hide", reason="A face\0")
    candidate.refresh_from_db()
    assert candidate.status == "hidden"
    assert not open_reports().exists()
    hidden = candidate.decisions.get()
    assert (hidden.action, hidden.decided_by, hidden.reason) == ("hidden", curator, "A face")
    undo_last(client, curator)
    candidate.refresh_from_db()
    assert candidate.status == "in-play"
    post(client, "decide", candidate.pk, do="rotate")
    candidate.refresh_from_db()
    assert candidate.status == "retired"
    assert [d.action for d in candidate.decisions.order_by("pk")] == ["hidden", "shown", "rotated"]
    lines = challenge.history.count()
    assert "retired before" in post(client, "decide", candidate.pk, do="rotate")
    assert challenge.history.count() == lines
    assert Slot.objects.filter(model=candidate.slot.model, take=1).exists()
    assert "never comes back" in challenge.history.first().way_back


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


def in_hours(hours: int) -> str:
    return f"{timezone.now() + timedelta(hours=hours):%Y-%m-%dT%H:%M}"


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


def test_a_challenge_opens_and_closes_at_its_time(client, curator):
    create_arena(status="draft")
    challenge = Challenge.objects.get()
    opens = timezone.now() + timedelta(hours=1)
    moment = f"{opens:%Y-%m-%dT%H:%M}"
    later = f"{opens + timedelta(hours=1):%Y-%m-%dT%H:%M}"
    post(client, "schedule", challenge.pk, opens_at=moment, closes_at=later)
    assert move_scheduled() == 0
    Challenge.objects.update(opens_at=timezone.now() - timedelta(seconds=1))
    assert (move_scheduled(), move_scheduled()) == (1, 0)
    challenge.refresh_from_db()
    assert challenge.is_open
    Challenge.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    assert (move_scheduled(), move_scheduled()) == (1, 0)
    challenge.refresh_from_db()
    assert challenge.status == "closed"
    assert [line.who_name for line in challenge.history.all()[:2]] == ["the schedule"] * 2


def test_a_challenge_that_cannot_open_at_its_time_says_so(client, curator):
    challenge = create_challenge(prompts=(), status="draft")
    Challenge.objects.update(opens_at=timezone.now() - timedelta(seconds=1))
    assert (move_scheduled(), move_scheduled()) == (0, 0)
    assert "at least one prompt" in challenge.history.get().said
    assert "could not open at their time" in client.get(at("home")).content.decode()


def test_the_list_of_challenges_asks_no_more_for_more_rows(
    client, curator, django_assert_num_queries
):
    create_challenge()
    client.get(at("challenges"))
    with django_assert_num_queries(6):
        client.get(at("challenges"))
    create_challenge()
    create_challenge()
    with django_assert_num_queries(6):
        client.get(at("challenges"))
