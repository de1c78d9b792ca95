"""How an action of the history is taken back: one function for each word of `HistoryLine.undo`."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from arena.battles.decisions import hide_picture, show_picture, was_hidden_before
from arena.battles.models import Decision
from arena.battles.restoring import restore_status
from arena.battles.suggestions import return_suggestion
from arena.catalog.editing import restore_row, withdraw_price_list
from arena.catalog.models import ImageModel, Offering
from arena.catalog.words import restore_claim, restore_text
from arena.challenges.editing import (
    archive_challenge,
    change_settings,
    close_challenge,
    lock_challenge,
    restore_prompt,
    revise_prompt,
    schedule_challenge,
    unarchive_challenge,
    withdraw_prompt,
)
from arena.challenges.history import claim_undo, note_action
from arena.challenges.models import Challenge, HistoryLine, Prompt
from arena.curate.exchange.importing import take_back_import
from arena.generation.budget import remove_cap, set_cap
from arena.generation.cancelling import (
    cancel_batch,
    lock_batch,
    pause_batch,
    restore_pause,
    resume_batch,
)
from arena.generation.models import Batch, Candidate, SpendingCap
from arena.generation.moderation import is_retired
from arena.generation.releasing import open_for_votes
from arena.generation.slots import has_pictures

Values = dict[str, Any]


@transaction.atomic
def take_back(line_id: int, *, who: User) -> HistoryLine:
    """Take an action back, once; return the line that says so.

    Raises ValidationError with the reason where it cannot be taken back (any more); nothing changes then.
    """
    line = claim_undo(line_id)
    assert line.undo is not None  # noqa: S101 - claim_undo has looked
    try:
        left = UNDO[line.undo["do"]](line, line.undo, who)
    except ObjectDoesNotExist as gone:
        raise ValidationError("What it was about exists no more.") from gone
    return note_action(
        challenge=line.challenge,
        who=who,
        said=f"Took back: {line.said}" + (f" {left}" if isinstance(left, str) and left else ""),
        way_back="What was taken back is done again by hand.",
        undoes=line,
    )


def _challenge(line: HistoryLine) -> Challenge:
    if line.challenge is None:
        raise ValidationError("This challenge exists no more.")
    return line.challenge


def _status(line: HistoryLine, undo: Values, _: User) -> str:
    return restore_status(_challenge(line), former=undo["former"], expected=undo["now"])


def _archive(line: HistoryLine, undo: Values, _: User) -> None:
    challenge = _challenge(line)
    lock_challenge(challenge)
    # Neither a new draft nor what came out of the archive had one.
    if challenge.opens_at or challenge.closes_at:
        raise ValidationError("It has been scheduled since: archive it by hand.")
    archive_challenge(challenge)


def _settings(line: HistoryLine, undo: Values, _: User) -> None:
    challenge = _challenge(line)
    # Lines of former versions did not keep what they set.
    expected = undo.get("now", {})
    change_settings(challenge, has_pictures=has_pictures, expected=expected, **undo["values"])


def _revise(line: HistoryLine, undo: Values, _: User) -> None:
    """The former words become a version of their own: pictures belong to the version they answer."""
    prompt = Prompt.objects.get(pk=undo["prompt"])
    revise_prompt(prompt, text=undo["text"], purpose=undo["purpose"])


def _schedule(line: HistoryLine, undo: Values, _: User) -> None:
    opens, closes = (
        undo[name] and parse_datetime(undo[name]) for name in ("opens_at", "closes_at")
    )
    schedule_challenge(_challenge(line), opens_at=opens or None, closes_at=closes or None)


def _cap(line: HistoryLine, undo: Values, _: User) -> None:
    challenge = _challenge(line)
    lock_challenge(challenge)
    now = SpendingCap.objects.filter(challenge=challenge).first()
    if (str(now.dollars) if now else None) != undo["set"]:
        raise ValidationError("The cap has been changed since: set it by hand.")
    if undo["dollars"] is not None:
        set_cap(dollars=Decimal(undo["dollars"]), challenge=challenge)
        return
    for cap in SpendingCap.objects.filter(challenge=challenge):
        remove_cap(cap)


def _cancel(line: HistoryLine, undo: Values, _: User) -> None:
    cancel_batch(Batch.objects.get(pk=undo["batch"]))


def _paused(line: HistoryLine, undo: Values, _: User) -> None:
    batch = Batch.objects.get(pk=undo["batch"])
    lock_batch(batch)
    # Paused and resumed again by others it stands as it did, and that was their decision.
    later = HistoryLine.objects.filter(pk__gt=line.pk, undone_by=None)
    if later.filter(undo__do="paused", undo__batch=undo["batch"]).exists():
        raise ValidationError("Somebody has paused or resumed this order since: decide by hand.")
    former, now = (undo[name] and parse_datetime(undo[name]) for name in ("former", "now"))
    restore_pause(batch, former=former or None, expected=now or None)


def _resume(line: HistoryLine, undo: Values, _: User) -> None:
    """Go on with an order by a line that did not keep since when it was paused; its own pause is the older one."""
    batch = Batch.objects.get(pk=undo["batch"])
    lock_batch(batch)
    if batch.paused_at and batch.paused_at > line.created_at:
        raise ValidationError("Somebody has paused this order since: decide by hand.")
    resume_batch(batch)


def _unhide(line: HistoryLine, undo: Values, who: User) -> None:
    decision = Decision.objects.select_related("candidate").get(pk=undo["decision"])
    _refuse_decided(decision.candidate, since=Q(pk__gt=decision.pk))
    if was_hidden_before(decision):  # lines of former versions offer it
        raise ValidationError("It was hidden before that, too: put it back into play by hand.")
    show_picture(decision.candidate, by=who)


def _hide(line: HistoryLine, undo: Values, who: User) -> None:
    candidate = Candidate.objects.select_for_update().get(pk=undo["candidate"])
    # Lines of former versions kept neither the decision nor whether the picture played.
    kept = "decision" in undo
    since = Q(pk__gt=undo["decision"]) if kept else Q(created_at__gt=line.created_at)
    _refuse_decided(candidate, since=since)
    if is_retired(candidate) and undo.get("plays", True):
        raise ValidationError("This picture is retired: hide it by hand.")
    hide_picture(candidate, void=False, reason=undo["reason"], by=who)


def _refuse_decided(candidate: Candidate, *, since: Q) -> None:
    if candidate.decisions.filter(since).exists():
        raise ValidationError("Somebody has decided about this picture since.")


def _row(line: HistoryLine, undo: Values, _: User) -> None:
    row = apps.get_model("catalog", undo["model"])._default_manager.get(pk=undo["pk"])
    restore_row(row, former=undo["former"], expected=undo["now"])


def _text(line: HistoryLine, undo: Values, _: User) -> None:
    model = ImageModel.objects.get(pk=undo["model"])
    restore_text(model, undo["section"], former=undo["former"], expected=undo["now"])


def _claim(line: HistoryLine, undo: Values, _: User) -> None:
    model = ImageModel.objects.get(pk=undo["model"])
    restore_claim(model, former=undo["former"], expected=undo["now"])


def _prices(line: HistoryLine, undo: Values, _: User) -> None:
    if "added" not in undo:
        raise ValidationError(
            "This line is of a former version and does not hold what the list said, so nobody can tell what "
            "was changed since: change its rules by an import."
        )
    withdraw_price_list(
        Offering.objects.get(pk=undo["offering"]),
        valid_from=date.fromisoformat(undo["valid_from"]),
        added={int(pk): said for pk, said in undo["added"].items()},
        ended={int(pk): until and date.fromisoformat(until) for pk, until in undo["ended"].items()},
        today=timezone.now().date(),
    )


# What a function returns as words could not be taken back; the line says it.
UNDO: dict[str, Callable[[HistoryLine, Values, User], Any]] = {
    "status": _status,
    # Lines of former versions have these and no former status; "archive" takes a new draft back, too.
    "open": lambda line, undo, _: open_for_votes(_challenge(line)),
    "close": lambda line, undo, _: close_challenge(_challenge(line)),
    "archive": _archive,
    "unarchive": lambda line, undo, _: unarchive_challenge(_challenge(line)),
    "schedule": _schedule,
    "settings": _settings,
    "revise": _revise,
    "withdraw": lambda line, undo, _: withdraw_prompt(Prompt.objects.get(pk=undo["prompt"])),
    "restore": lambda line, undo, _: restore_prompt(Prompt.objects.get(pk=undo["prompt"])),
    "cap": _cap,
    "cancel": _cancel,
    "paused": _paused,
    # Lines of former versions have these two.
    "pause": lambda line, undo, _: pause_batch(Batch.objects.get(pk=undo["batch"])),
    "resume": _resume,
    "hide": _hide,
    "unhide": _unhide,
    "return": lambda line, undo, _: return_suggestion(undo["suggestion"]),
    "row": _row,
    "text": _text,
    "claim": _claim,
    "prices": _prices,
    "import": lambda line, undo, _: take_back_import(undo),
}
