"""The curators' own pages at /curate/: what needs me, a challenge from idea to archive, its history."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from arena.battles.reports import open_reports, report_picture
from arena.challenges.models import Challenge, HistoryLine
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
from tests.curate.pressing import at, in_hours, post, settings, undo_last
from tests.curate.test_catalogue import filled
from tests.curate.test_desk import png
from tests.factories import (
    create_arena,
    create_challenge,
    create_generation,
    create_model,
    create_offering,
    create_slot,
)
from tests.generation.money import create_key, plan_call

pytestmark = pytest.mark.django_db


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


def test_a_schedule_that_lay_open_sets_nothing_back(client, curator):
    challenge = create_challenge(status="draft")
    stale = client.get(at("challenge", challenge.pk)).context["schedule_form"]
    theirs = {"opens_at": in_hours(48), "closes_at": in_hours(96)}
    post(client, "schedule", challenge.pk, **theirs)
    mine = filled(stale, opens_at=in_hours(5))
    answer = client.post(at("schedule", challenge.pk), mine)
    (told,) = answer.context["schedule_form"].non_field_errors()
    assert f"Opens at “{theirs['opens_at'].replace('T', ' ')} UTC”; Closes at “" in told
    assert answer.status_code == 422
    challenge.refresh_from_db()
    assert f"{challenge.closes_at:%Y-%m-%dT%H:%M}" == theirs["closes_at"]
    again = filled(answer.context["schedule_form"])
    assert again["opens_at"] == mine["opens_at"]
    post(client, "schedule", challenge.pk, **again)
    challenge.refresh_from_db()
    assert f"{challenge.opens_at:%Y-%m-%dT%H:%M}" == mine["opens_at"]
    assert challenge.closes_at is None


def test_a_cap_that_lay_open_sets_nothing_back(client, curator):
    challenge = create_challenge()
    page = client.get(at("challenge", challenge.pk))
    assert page.content.decode().count('id="id_seen"') == 1
    stale = page.context["cap_form"]
    post(client, "cap", challenge.pk, dollars="300")
    post(client, "cap", challenge.pk, **filled(stale, dollars="300"))
    for dollars in ("20", ""):
        answer = client.post(at("cap", challenge.pk), filled(stale, dollars=dollars))
        assert answer.status_code == 422
        assert "in dollars “300”" in answer.content.decode()
        assert SpendingCap.objects.get().dollars == 300
    post(client, "cap", challenge.pk, **filled(answer.context["cap_form"]))
    assert not SpendingCap.objects.exists()
    said = [line.said for line in challenge.history.all()]
    assert said == ["Removed its cap.", "Set its cap to $300.00."]
    undo_last(client, curator)
    assert SpendingCap.objects.get().dollars == 300


def test_a_schedule_and_a_cap_that_are_sent_twice_leave_one_line_each(client, curator):
    challenge = create_challenge(status="draft")
    for name, values in (("schedule", {"opens_at": in_hours(5)}), ("cap", {"dollars": "3"})):
        post(client, name, challenge.pk, **values)
        assert "Nothing was changed." in post(client, name, challenge.pk, **values)
    assert challenge.history.count() == 2


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
