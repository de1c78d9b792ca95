"""Asks, pays, keeps: every call is a row, whatever its end."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from arena.catalog.models import ImageModel, Offering, Provider
from arena.challenges.models import Challenge, Prompt
from arena.clients.models import ApiKey
from arena.pictures.derivatives import opaque_name

RUNNING_STATES = ["planned", "reserved", "submitting", "submitted", "collecting"]


class Batch(models.Model):
    """What a curator (or, for the demo studios, the arena itself) ordered for one challenge."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="batches")
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    paused_at = models.DateTimeField(
        null=True, blank=True, help_text="While set, no further picture of it is asked for."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Batch {self.pk} of {self.challenge_id}"


class Trial(models.Model):
    """A prompt that a visitor of the playground tries on two to four models; its pictures never compete.

    `visitor` and `network` are hashes that quotas count by; they are blanked with the prompt when it expires.
    """

    token = models.CharField(max_length=40, unique=True, default=opaque_name, editable=False)
    prompt = models.TextField()
    challenge = models.ForeignKey(
        Challenge, null=True, blank=True, on_delete=models.SET_NULL, related_name="trials"
    )
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    blind = models.BooleanField(default=False)
    visitor = models.CharField(max_length=32, db_index=True)
    network = models.CharField(max_length=32, blank=True, db_index=True)
    choice = models.CharField(
        max_length=4, blank=True, help_text="Of a blind trial: the best picture, tie, or none."
    )
    created_at = models.DateTimeField(db_default=Now())
    expired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["created_at"], condition=Q(expired_at=None), name="trial_to_expire"
            )
        ]

    def __str__(self) -> str:
        return f"Trial {self.pk}"


class Slot(models.Model):
    """One picture that is wanted. It ends with one picture or a named failure.

    Either a take of a model on a challenge's prompt (`batch` and `prompt`), or what somebody asked for
    (`asked`: discipline, prompt, width, height, quality, options): a caller of the gateway (`api_key`) or a
    visitor of the playground (`trial`; `take` is the picture's place there).
    """

    batch = models.ForeignKey(
        Batch, null=True, blank=True, on_delete=models.CASCADE, related_name="slots"
    )
    prompt = models.ForeignKey(
        Prompt, null=True, blank=True, on_delete=models.CASCADE, related_name="slots"
    )
    model = models.ForeignKey(ImageModel, on_delete=models.CASCADE, related_name="slots")
    take = models.PositiveSmallIntegerField(default=0)
    asked = models.JSONField(null=True, blank=True)
    api_key = models.ForeignKey(
        ApiKey, null=True, blank=True, on_delete=models.PROTECT, related_name="slots"
    )
    trial = models.ForeignKey(
        Trial, null=True, blank=True, on_delete=models.PROTECT, related_name="slots"
    )
    # Whether work is left is found in rows; this says when the next attempt may start.
    next_attempt_at = models.DateTimeField(auto_now_add=True)
    cancelled_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Wanted no more; a call that is under way may still end well.",
    )
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["prompt", "model", "take"], name="one_slot_per_prompt_model_and_take"
            ),
            models.CheckConstraint(
                name="slot_is_for_a_prompt_or_for_a_caller",
                condition=Q(
                    prompt__isnull=False, batch__isnull=False, asked=None, api_key=None, trial=None
                )
                | Q(prompt=None, batch=None, asked__isnull=False, api_key__isnull=False, trial=None)
                | Q(
                    prompt=None, batch=None, asked__isnull=False, api_key=None, trial__isnull=False
                ),
            ),
            models.UniqueConstraint(fields=["trial", "take"], name="one_slot_per_place_in_a_trial"),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(finished_at=None), name="slot_due"
            ),
        ]

    def __str__(self) -> str:
        return f"Slot {self.pk}"

    @property
    def competing_prompt(self) -> Prompt:
        """The prompt that the slot's picture competes on; ValueError where it is a caller's own picture."""
        if self.prompt is None:
            raise ValueError(f"slot {self.pk} competes on no challenge")
        return self.prompt


class Generation(models.Model):
    """One call to a provider. The state machine lives in `calls.py`; states only move forward."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        RESERVED = "reserved", "Money put aside, waiting for a worker"
        SUBMITTING = "submitting", "Sent, waiting for the answer"
        SUBMITTED = "submitted", "Queued at the provider"
        COLLECTING = "collecting", "Collecting the picture"
        STORED = "stored", "Stored"
        REFUSED = "refused", "Refused"
        EMPTY = "empty", "No picture in the answer"
        FAILED = "failed", "Failed"
        TIMED_OUT = "timed-out", "Timed out"
        OVER_BUDGET = "over-budget", "Not asked: a spending cap leaves no room"
        CANCELLED = "cancelled", "Cancelled before it was asked for"
        UNCERTAIN = "uncertain", "Possibly charged, answer unknown"

    class Origin(models.TextChoices):
        ORDERED = "ordered", "Ordered from the provider"
        SHIPPED = "shipped", "Shipped with Paragone, made earlier by the same studio"
        GATEWAY = "gateway", "Asked for by a caller of the gateway"
        PLAYGROUND = "playground", "Asked for by a visitor of the playground"
        BROUGHT = "brought", "Made elsewhere, brought by a curator"

    # What no provider was asked for by us.
    NOT_ASKED = (Origin.SHIPPED, Origin.BROUGHT)
    # What waits for a worker or is in a worker's hands, and of these what keeps the provider busy.
    RUNNING = (
        State.PLANNED,
        State.RESERVED,
        State.SUBMITTING,
        State.SUBMITTED,
        State.COLLECTING,
    )
    AT_PROVIDER = (State.PLANNED, State.RESERVED, State.SUBMITTING, State.SUBMITTED)

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="generations")
    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="generations")
    attempt = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PLANNED)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.ORDERED)
    outcome = models.CharField(
        max_length=20, blank=True, help_text="The provider layer's name for how it ended (I9)."
    )
    message = models.TextField(blank=True, help_text="The provider's own words, or ours.")
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    remote_id = models.CharField(max_length=200, blank=True)
    pending = models.JSONField(
        null=True, blank=True, help_text="Where a queued job is asked after, so that anybody can."
    )
    parameters = models.JSONField(default=dict, help_text="What was asked: size, seed, options.")
    revised_prompt = models.TextField(blank=True)
    free = models.BooleanField(
        default=False,
        help_text="Free of charge when it was planned: no money was put aside, and none is paid.",
    )
    expected_cost = models.DecimalField(
        max_digits=12,
        decimal_places=6,
        null=True,
        blank=True,
        help_text="Dollars by the price list of the day it was planned; empty: the list does not say.",
    )
    cost = models.DecimalField(
        max_digits=12,
        decimal_places=6,
        null=True,
        blank=True,
        help_text="Dollars as settled in the ledger; empty: not settled.",
    )
    usage = models.JSONField(null=True, blank=True, help_text="What the provider counted.")
    route = models.JSONField(default=dict, help_text="Why this offering was asked.")
    ttfb_ms = models.PositiveIntegerField(null=True, blank=True)
    total_ms = models.PositiveIntegerField(null=True, blank=True)
    # The lease says that somebody works on this row (null: free to take); the fence makes every write of an
    # overtaken worker fail. A free row is told to the workers again when the last hint grows old.
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveIntegerField(default=0)
    hinted_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["slot", "attempt"], name="one_generation_per_attempt"),
            models.UniqueConstraint(
                fields=["slot"],
                condition=Q(state__in=RUNNING_STATES),
                name="one_running_generation_per_slot",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"],
                condition=Q(state__in=RUNNING_STATES),
                name="generation_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"Generation {self.pk} ({self.state})"


class Candidate(models.Model):
    """The picture that competes."""

    class Status(models.TextChoices):
        IN_PLAY = "in-play", "In play"
        HIDDEN = "hidden", "Hidden"
        RETIRED = "retired", "Retired"

    slot = models.OneToOneField(Slot, on_delete=models.CASCADE, related_name="candidate")
    generation = models.OneToOneField(
        Generation, on_delete=models.PROTECT, related_name="candidate"
    )
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.IN_PLAY)
    original = models.CharField(
        max_length=120, help_text="Kept aside under the media folder; never served in play."
    )
    original_sha256 = models.CharField(max_length=64)
    original_name = models.CharField(
        max_length=40,
        unique=True,
        default=opaque_name,
        editable=False,
        help_text="Under which the original is served once the picture may be shown with its name.",
    )
    looks = models.BigIntegerField(
        null=True,
        editable=False,
        help_text="Difference hash of the picture: alike pictures differ in few of its 64 bits.",
    )
    width = models.PositiveSmallIntegerField(help_text="Of the original, in pixels.")
    height = models.PositiveSmallIntegerField()
    recipe = models.PositiveSmallIntegerField(
        db_default=1, help_text="By which recipe of arena.pictures its public pictures were made."
    )
    hidden_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Candidate {self.pk}"


class PublicPicture(models.Model):
    """A derivative that voters see, under a random name that says nothing."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="pictures")
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=40, unique=True)
    extension = models.CharField(max_length=5)
    content_type = models.CharField(max_length=20)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["candidate", "kind"], name="one_picture_per_kind")
        ]

    def __str__(self) -> str:
        return f"{self.name}.{self.extension}"


class FormerPicture(models.Model):
    """A name that a public picture had until it was made anew; its file stays for pages that are open."""

    candidate = models.ForeignKey(
        Candidate, on_delete=models.CASCADE, related_name="former_pictures"
    )
    name = models.CharField(max_length=40, unique=True)
    extension = models.CharField(max_length=5)
    replaced_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["replaced_at"], name="former_picture_age")]

    def __str__(self) -> str:
        return f"{self.name}.{self.extension}"


class LedgerEntry(models.Model):
    """Money, appended only: what is put aside before a call, what it came to, and what is given back.

    Held is reserved minus released; a settled call has its reserve released in the same transaction. What
    the call was for is written out, so that caps are sums over one table.
    """

    class Kind(models.TextChoices):
        RESERVE = "reserve", "Put aside"
        SETTLE = "settle", "Paid"
        RELEASE = "release", "Given back"

    generation = models.ForeignKey(Generation, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    amount = models.DecimalField(
        max_digits=12, decimal_places=6, help_text="Dollars, never negative."
    )
    day = models.DateField(
        help_text="The UTC day of the reserve: it counts against that day's caps."
    )
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    challenge = models.ForeignKey(
        Challenge, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    api_key = models.ForeignKey(
        ApiKey, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "ledger entries"
        constraints = [
            models.UniqueConstraint(
                fields=["generation", "kind"], name="one_ledger_entry_per_generation_and_kind"
            ),
            models.CheckConstraint(name="ledger_amount_not_negative", condition=Q(amount__gte=0)),
        ]
        indexes = [
            models.Index(fields=["day", "provider"], name="ledger_day"),
            models.Index(
                fields=["challenge"], condition=Q(challenge__isnull=False), name="ledger_challenge"
            ),
            models.Index(
                fields=["api_key", "day"], condition=Q(api_key__isnull=False), name="ledger_api_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} for generation {self.generation_id}"


class SpendingCap(models.Model):
    """How much may be spent (settled and held together): in all per day, at a provider per day, on a challenge."""

    class Scope(models.TextChoices):
        DAY = "day", "Everything, per UTC day"
        PROVIDER = "provider", "One provider, per UTC day"
        CHALLENGE = "challenge", "One challenge, in all"

    scope = models.CharField(max_length=9, choices=Scope.choices)
    provider = models.OneToOneField(
        Provider, null=True, blank=True, on_delete=models.CASCADE, related_name="spending_cap"
    )
    challenge = models.OneToOneField(
        Challenge, null=True, blank=True, on_delete=models.CASCADE, related_name="spending_cap"
    )
    dollars = models.DecimalField(max_digits=12, decimal_places=6)

    class Meta:
        ordering = ["scope", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scope"], condition=Q(scope="day"), name="one_spending_cap_per_day"
            ),
            models.CheckConstraint(
                name="spending_cap_names_what_its_scope_says",
                condition=Q(scope="day", provider=None, challenge=None)
                | Q(scope="provider", provider__isnull=False, challenge=None)
                | Q(scope="challenge", provider=None, challenge__isnull=False),
            ),
            models.CheckConstraint(name="spending_cap_not_negative", condition=Q(dollars__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()}: ${self.dollars:.2f}"


class Breaker(models.Model):
    """Whether an offering is asked at the moment; kept in PostgreSQL, so that all workers agree.

    Closed while `open_until` is null. When that has passed, one call is let through as a probe, and
    `probing` holds all others back until it has ended.
    """

    offering = models.OneToOneField(
        Offering, on_delete=models.CASCADE, primary_key=True, related_name="breaker"
    )
    failures = ArrayField(
        models.DateTimeField(), default=list, help_text="The last ones since the last success."
    )
    open_until = models.DateTimeField(null=True, blank=True)
    open_seconds = models.PositiveIntegerField(default=0, help_text="How long it was opened last.")
    probing = models.ForeignKey(
        Generation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.offering}: {'open' if self.open_until else 'closed'}"


class Delivery(models.Model):
    """Pictures that a curator brings: a list that workers go through, one file after another.

    `done` files of `plan` are dealt with. It grows in the transaction that keeps the picture, so whoever goes on
    after a worker died begins where that one ended.
    """

    token = models.CharField(max_length=40, unique=True, help_text="Names the uploaded ZIP, too.")
    folder = models.CharField(
        max_length=1000, blank=True, help_text="On the server; empty: the uploaded ZIP."
    )
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    plan = models.JSONField(help_text="Of each good file: its name, ids of prompt and model, take.")
    done = models.PositiveSmallIntegerField(default=0)
    taken = models.PositiveSmallIntegerField(default=0)
    refused = models.JSONField(default=list, help_text="Of each file that stays out: name, reason.")
    batches = models.JSONField(default=dict, help_text="The order of each challenge, by ids.")
    fault = models.CharField(max_length=300, blank=True, help_text="Why the rest was given up.")
    created_at = models.DateTimeField(db_default=Now())
    # When a file was dealt with, or workers were told of it again: nothing rests long.
    moved_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["moved_at"], condition=Q(finished_at=None), name="deliveries_to_go_on"
            )
        ]

    def __str__(self) -> str:
        return f"Delivery {self.pk}"


class Pulse(models.Model):
    """When each queue's worker last did something, so that pages can say that it is away."""

    queue = models.CharField(max_length=20, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.queue} at {self.beat_at}"
