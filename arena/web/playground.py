"""What a visitor sees of a trial: how far each picture is, how long it took, and which name may stand by it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from arena.battles.networks import hash_network
from arena.catalog.models import ImageModel
from arena.generation.endings import OF_THE_SITE
from arena.generation.expiring import KEEP_TRIALS
from arena.generation.models import Generation, Slot, Trial
from arena.generation.releasing import is_twin_in_play
from arena.generation.trials import LEAST_MODELS, NONE, TIE, Visitor, picture_of

COOKIE, SALT = "paragone_visitor", "paragone.playground"
LETTERS = "ABCD"
KINDS = {"large.avif": "avif_1024", "medium.avif": "avif_768", "large.jpg": "jpeg_1024"}
State = Generation.State


@dataclass(frozen=True)
class ShownPicture:
    """One picture of a trial; times in seconds.

    `state`: waiting, running, ready, withheld, none. `model` is None while its name is not told.
    """

    place: int
    letter: str
    state: str
    sentence: str
    model: ImageModel | None
    seconds: float | None = None
    arrived: float | None = None
    urls: dict[str, str] | None = None
    download: str = ""
    best: bool = False

    @property
    def is_final(self) -> bool:
        return self.state in ("ready", "withheld", "none")


@dataclass(frozen=True)
class ShownTrial:
    trial: Trial
    pictures: list[ShownPicture]
    is_own: bool

    @property
    def done(self) -> int:
        return sum(picture.is_final for picture in self.pictures)

    @property
    def is_done(self) -> bool:
        return self.done == len(self.pictures)

    @property
    def judgeable(self) -> list[ShownPicture]:
        """The pictures among which the visitor chooses; empty while there is nothing to choose."""
        ready = [picture for picture in self.pictures if picture.state == "ready"]
        wanted = self.trial.blind and not self.trial.choice and self.is_own and self.is_done
        return ready if wanted and len(ready) >= LEAST_MODELS else []

    @property
    def poll_url(self) -> str:
        """Where news are fetched, beyond the pictures that are here already; empty when all are."""
        if self.is_done:
            return ""
        have = ",".join(str(picture.place) for picture in self.pictures if picture.is_final)
        return reverse("web:playground_state", args=[self.trial.token], query={"have": have})

    @property
    def verdict_sentence(self) -> str:
        choice = self.trial.choice
        if choice == TIE:
            return _("Your verdict: a tie.")
        if choice == NONE:
            return _("Your verdict: none of them is good.")
        if not choice:
            return ""
        return _("Your verdict: picture %(letter)s is the best.") % {
            "letter": LETTERS[int(choice) - 1]
        }


def read_visitor(request: HttpRequest) -> Visitor:
    """Read who asks from the cookie and the network; a new key where there is no cookie or a forged one."""
    try:
        key = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
    except signing.BadSignature:
        key = ""
    key = key if isinstance(key, str) and key else get_random_string(32)
    return Visitor(key=key, network=hash_network(request))


def set_visitor(response: HttpResponseBase, *, visitor: Visitor, secure: bool) -> None:
    """Let a browser be known for as long as its trials are kept; the cookie leaves it for these pages only."""
    response.set_cookie(
        COOKIE,
        signing.dumps(visitor.key, salt=SALT),
        max_age=int(KEEP_TRIALS.total_seconds()),
        path=reverse("web:playground"),
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


def show_trial(trial: Trial, *, visitor: Visitor) -> ShownTrial:
    """Describe a trial as it is now.

    A blind one tells no name before its verdict, unless fewer than two pictures came of it.
    """
    slots = list(
        trial.slots.select_related("model__lab").prefetch_related("generations").order_by("take")
    )

    def show_all(*, named: bool) -> list[ShownPicture]:
        return [_show(slot, trial, named=named) for slot in slots]

    own = trial.visitor == visitor.key
    if not trial.blind:
        return ShownTrial(trial, show_all(named=True), own)
    nameless = show_all(named=False)
    ended = all(picture.is_final for picture in nameless)
    few = sum(picture.state == "ready" for picture in nameless) < LEAST_MODELS
    if not trial.choice and not (ended and few):
        return ShownTrial(trial, nameless, own)
    return ShownTrial(trial, _name_all_or_none(show_all(named=True), nameless), own)


def _name_all_or_none(
    named: list[ShownPicture], nameless: list[ShownPicture]
) -> list[ShownPicture]:
    """Name none where one keeps its name back: who knows the others would know it (I3).

    Their files, and what their providers said, name them as well.
    """
    if all(picture.model for picture in named):
        return named
    said = _("Names are kept back: one of these pictures equals one that is voted on.")
    return [
        replace(hidden, sentence=shown.sentence or said) if hidden.state == "ready" else hidden
        for shown, hidden in zip(named, nameless, strict=True)
    ]


def _show(slot: Slot, trial: Trial, *, named: bool) -> ShownPicture:
    calls = sorted(slot.generations.all(), key=lambda call: call.attempt)
    made = picture_of(slot)
    common: dict[str, Any] = {
        "place": slot.take,
        "letter": LETTERS[slot.take - 1],
        "model": slot.model if named else None,
        "best": trial.choice == str(slot.take),
    }
    if made:
        return _show_made(slot, trial, made, named=named, **common)
    if slot.finished_at or slot.cancelled_at:
        return ShownPicture(**common, state="none", sentence=_why_none(calls, named=named))
    return _show_running(calls, **common)


def _show_made(
    slot: Slot, trial: Trial, made: Generation, *, named: bool, **common: Any
) -> ShownPicture:
    """Show a picture; one that equals a picture in play is shown without its name, or its name without it."""
    times: dict[str, Any] = {
        "seconds": None if made.total_ms is None else made.total_ms / 1000,
        "arrived": _since(trial.created_at, until=made.ended_at),
    }
    sealed = named and is_twin_in_play(
        model=slot.model, looks=made.parameters["looks"], checksum=made.parameters["sha256"]
    )
    if sealed and not trial.blind:
        said = _(
            "Kept back: it equals a picture that is voted on. It is shown when that vote is over."
        )
        return ShownPicture(**common, **times, state="withheld", sentence=said)
    said = ""
    if sealed:
        common["model"] = None
        said = _("Its name is kept back: the picture equals one that is voted on.")
    urls = {
        name.replace(".", "_"): reverse(
            "web:playground_picture", args=[trial.token, slot.take, name]
        )
        for name in KINDS
    }
    download = reverse("web:playground_download", args=[trial.token, slot.take])
    return ShownPicture(
        **common,
        **times,
        state="ready",
        sentence=said,
        urls=urls,
        download=download if common["model"] else "",
    )


def _show_running(calls: list[Generation], **common: Any) -> ShownPicture:
    last = calls[-1] if calls else None
    if last is None or last.state in (State.PLANNED, State.RESERVED):
        return ShownPicture(**common, state="waiting", sentence=_("Waits for its turn."))
    if last.state in (State.SUBMITTING, State.SUBMITTED):
        seconds = _since(last.started_at, until=None)
        said = _("Asked.") if last.attempt == 1 else _("Asked again.")
        return ShownPicture(**common, state="running", sentence=said, seconds=seconds)
    if last.state == State.COLLECTING:
        return ShownPicture(**common, state="running", sentence=_("It came; it is being checked."))
    if last.state == State.UNCERTAIN:
        # Nobody but a curator may ask again; the visitor is not kept waiting for that.
        said = _("The answer was lost. A curator decides whether it was paid.")
        return ShownPicture(**common, state="none", sentence=said)
    return ShownPicture(
        **common, state="waiting", sentence=_("The last try failed. It is asked for again.")
    )


def _why_none(calls: list[Generation], *, named: bool) -> str:
    """Say why there is no picture; a provider's own words name it too easily before the verdict."""
    last = calls[-1] if calls else None
    if last is None or last.state == State.CANCELLED:
        return _("No provider had room for it in time.")
    if last.state == State.OVER_BUDGET:
        return _(
            "The money that visitors may spend today is used up. It starts anew at midnight UTC."
        )
    if last.state == State.REFUSED:
        said = _("Declined.") if last.outcome == "declined" else _("Refused.")
        return f"{said} {last.message}" if named else said
    if last.outcome in OF_THE_SITE:
        return _("This site is not set up to use its provider at the moment.")
    if last.state == State.TIMED_OUT:
        return _("It did not come in time.")
    return _("It failed.") + (f" {last.message}" if named else "")


def _since(start: datetime | None, *, until: datetime | None) -> float | None:
    if start is None:
        return None
    return max(((until or timezone.now()) - start).total_seconds(), 0.0)
