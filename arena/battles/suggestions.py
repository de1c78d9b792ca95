"""Prompts that voters suggest: taken within limits, seen by curators alone, made into drafts or declined.

The limits count rows of a UTC day, by voter and by hashed network; one line at a time, so that two never
share the last place and the same words never come twice.
"""

import hashlib
import re
import unicodedata
from datetime import UTC, datetime, time

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arena.catalog.models import Discipline
from arena.challenges.editing import add_prompt, archive_challenge
from arena.challenges.models import Category, Challenge, Prompt
from arena.generation.quotas import OverQuota
from arena.generation.trials import TrialRefused, check_prompt, find_fault

from .models import Suggestion, Voter

PER_DAY, PER_DAY_OF_NETWORK = 5, 20
LONGEST_TITLE, LONGEST_REMARK = 80, 300
LONGEST_SLUG = 80
SUGGEST_LOCK = 7_304
State = Suggestion.State


class SuggestionRefused(Exception):
    """The suggestion cannot be taken as it is; `field` is title, text, discipline or remark."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence


@transaction.atomic
def suggest_prompt(
    *,
    title: str,
    text: str,
    discipline: str,
    category: Category | None = None,
    remark: str = "",
    voter: Voter,
    network: str,
) -> Suggestion:
    """Keep a prompt that a voter suggests, for the curators.

    `network`: from `hash_network`, empty where there is no address. Raises SuggestionRefused for words that
    cannot be taken or are there already, OverQuota beyond the day's PER_DAY of a voter or PER_DAY_OF_NETWORK of
    a network; nothing is kept then.
    """
    words = {
        "title": _check_line("title", title, most=LONGEST_TITLE),
        "text": _check_text(text),
        "remark": _check_line("remark", remark, most=LONGEST_REMARK),
    }
    if discipline not in Discipline.values:
        raise SuggestionRefused("discipline", _("Choose what the models are to do."))
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [SUGGEST_LOCK])
    # Whoever is being forgotten meanwhile suggests nothing any more.
    if not Voter.objects.select_for_update(no_key=True).filter(pk=voter.pk, forgotten_at=None):
        said = _("This browser has just been forgotten: send it again to begin as somebody new.")
        raise SuggestionRefused("text", said)
    digest = digest_words(words["text"], discipline=discipline)
    _refuse_known(digest, voter=voter)
    _check_quota(voter, network=network)
    return Suggestion.objects.create(
        **words,
        discipline=discipline,
        category=category,
        digest=digest,
        voter=voter,
        network=network,
    )


def digest_words(text: str, *, discipline: str) -> str:
    """Digest words so that case, spaces and line ends make no other prompt of them."""
    same = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.sha256(f"{discipline}\n{same}".encode()).hexdigest()


def suggestions_of(voter: Voter) -> QuerySet[Suggestion]:
    """Select what a voter has suggested, the newest first, with what became of it."""
    return Suggestion.objects.filter(voter=voter).select_related("challenge", "category")


def count_suggestions(voter: Voter) -> dict[str, int]:
    """Count what of a voter's would go and what would stay, were the voter forgotten: `waiting` and `taken`."""
    own = Suggestion.objects.filter(voter=voter)
    stays = Q(state=State.TAKEN, challenge__isnull=False)
    counts: dict[str, int] = own.aggregate(
        waiting=Count("pk", filter=~stays), taken=Count("pk", filter=stays)
    )
    return counts


def suggestions_in(state: str) -> QuerySet[Suggestion]:
    """Select the suggestions in a state, the newest first, as the curators read them."""
    return Suggestion.objects.filter(state=State(state)).select_related(
        "challenge", "category", "decided_by"
    )


@transaction.atomic
def take_suggestion(suggestion_id: int, *, by: User | None) -> Challenge:
    """Make a draft challenge of a suggestion, with its title, discipline, category and prompt; return it.

    Raises ValidationError where somebody has decided about it before, Suggestion.DoesNotExist where its voter
    was forgotten meanwhile.
    """
    suggestion = _lock_in(State.WAITING, suggestion_id)
    challenge = _create_draft(suggestion)
    if suggestion.category is not None:
        challenge.categories.add(suggestion.category)
    add_prompt(challenge, text=suggestion.text)
    _decide(suggestion, state=State.TAKEN, by=by, challenge=challenge)
    return challenge


@transaction.atomic
def decline_suggestion(suggestion_id: int, *, reason: str, by: User | None) -> None:
    """Decline a suggestion with a reason, which its voter reads; raises as take_suggestion does.

    Raises ValidationError for no reason, too.
    """
    words = " ".join(reason.replace("\0", "").split())[:200]
    if not words:
        raise ValidationError(_("Say why: the reason is what its voter reads."))
    _decide(_lock_in(State.WAITING, suggestion_id), state=State.DECLINED, by=by, reason=words)


@transaction.atomic
def return_suggestion(suggestion_id: int) -> None:
    """Put a suggestion that was decided about back into the queue; a draft that was made of it is archived.

    Where its voter was forgotten meanwhile it goes for good. Raises ValidationError where it waits already, and
    where the challenge has been opened or scheduled since; nothing changes then.
    """
    suggestion = _lock_in((State.TAKEN, State.DECLINED), suggestion_id)
    challenge = suggestion.challenge
    if challenge is not None:
        challenge = Challenge.objects.select_for_update(no_key=True).get(pk=challenge.pk)
        if challenge.status != Challenge.Status.DRAFT:
            raise ValidationError(_("The challenge has been opened since: it stays."))
        if challenge.opens_at:
            raise ValidationError(_("The challenge has been scheduled since: it stays."))
        archive_challenge(challenge)
    if suggestion.voter_id is None:
        suggestion.delete()
        return
    Suggestion.objects.filter(pk=suggestion.pk).update(
        state=State.WAITING, challenge=None, reason="", decided_by=None, decided_at=None
    )


# Rules of what comes in ---------------------------------------------------------------------------


def _check_line(field: str, typed: str, *, most: int) -> str:
    """Return one line of words, its spaces evened out; only a title must not be empty."""
    words = " ".join(typed.split())
    if not words and field == "title":
        raise SuggestionRefused(field, _("Give it a short title."))
    if len(words) > most:
        said = _("It is longer than %(most)d characters: it has %(length)d.")
        raise SuggestionRefused(field, said % {"most": most, "length": len(words)})
    fault = find_fault(words)
    if fault:
        raise SuggestionRefused(field, fault)
    return words


def _check_text(typed: str) -> str:
    try:
        return check_prompt(typed.replace("\r\n", "\n"))
    except TrialRefused as refused:
        raise SuggestionRefused("text", refused.sentence) from refused


def _refuse_known(digest: str, *, voter: Voter) -> None:
    """Refuse words that were suggested before, in whatever state, or that are asked already."""
    known = Suggestion.objects.filter(digest=digest).first()
    if known is not None and known.voter_id == voter.pk:
        said = _("You have suggested these words already: see below what became of them.")
        raise SuggestionRefused("text", said)
    if known is not None:
        said = _("Somebody suggested these very words before you; the curators know them.")
        raise SuggestionRefused("text", said)
    asked = Prompt.objects.filter(is_current=True).exclude(challenge__status=Challenge.Status.DRAFT)
    for prompt in asked.select_related("challenge"):
        if digest_words(prompt.text, discipline=prompt.challenge.discipline) == digest:
            said = _("The models are asked this already: it is the challenge “%(title)s”.")
            raise SuggestionRefused("text", said % {"title": prompt.challenge.title})


def _check_quota(voter: Voter, *, network: str) -> None:
    starts = datetime.combine(timezone.now().date(), time(), tzinfo=UTC)
    today = Suggestion.objects.filter(created_at__gte=starts)
    if today.filter(voter=voter).count() >= PER_DAY:
        said = ngettext(
            "You have suggested %(n)d prompt today, and more are not taken.",
            "You have suggested %(n)d prompts today, and more are not taken.",
            PER_DAY,
        )
        raise OverQuota(said % {"n": PER_DAY})
    # Where there is no address at all, everybody is one network: the queue is read by people.
    if today.filter(network=network).count() >= PER_DAY_OF_NETWORK:
        said = _("%(n)d prompts came from your network today, and more are not taken.")
        raise OverQuota(said % {"n": PER_DAY_OF_NETWORK})


# Decisions ----------------------------------------------------------------------------------------


def _lock_in(states: str | tuple[str, ...], suggestion_id: int) -> Suggestion:
    found = Suggestion.objects.select_for_update().get(pk=suggestion_id)
    if found.state in ([states] if isinstance(states, str) else states):
        return found
    if found.state == State.WAITING:
        raise ValidationError(_("It waits in the queue already."))
    who = found.decided_by.get_username() if found.decided_by else _("Somebody")
    said = _("%(who)s has taken it already.")
    if found.state == State.DECLINED:
        said = _("%(who)s has declined it already.")
    raise ValidationError(said % {"who": who})


def _decide(
    suggestion: Suggestion,
    *,
    state: str,
    by: User | None,
    challenge: Challenge | None = None,
    reason: str = "",
) -> None:
    Suggestion.objects.filter(pk=suggestion.pk).update(
        state=state, challenge=challenge, reason=reason, decided_by=by, decided_at=Now()
    )


def _create_draft(suggestion: Suggestion) -> Challenge:
    """Create the draft under the first free address that its title gives."""
    base = re.sub("[_-]+", "-", slugify(suggestion.title))[:LONGEST_SLUG].strip("-")
    base = base or f"suggestion-{suggestion.pk}"
    taken = set(Challenge.objects.filter(slug__startswith=base[:40]).values_list("slug", flat=True))
    for number in range(1, len(taken) + 3):
        ending = f"-{number}" if number > 1 else ""
        slug = f"{base[: LONGEST_SLUG - len(ending)].rstrip('-')}{ending}"
        if slug in taken:
            continue
        try:
            with transaction.atomic():
                return Challenge.objects.create(
                    slug=slug, title=suggestion.title, discipline=suggestion.discipline
                )
        except IntegrityError:  # another curator's draft took this address just now
            continue
    raise ValidationError(_("No address is free for it: write the challenge by hand."))
