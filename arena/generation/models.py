"""Asks, pays, keeps: every call is a row, whatever its end."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from arena.catalog.models import ImageModel, Offering
from arena.challenges.models import Challenge, Prompt


class Batch(models.Model):
    """What a curator (or, for the demo studios, the arena itself) ordered for one challenge."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="batches")
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Batch {self.pk} of {self.challenge_id}"


class Slot(models.Model):
    """One picture that is wanted: a take of a model on a prompt. It ends with one candidate or a named failure."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="slots")
    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="slots")
    model = models.ForeignKey(ImageModel, on_delete=models.CASCADE, related_name="slots")
    take = models.PositiveSmallIntegerField(default=0)
    # Whether work is left is found in rows; this says when the next attempt may start.
    next_attempt_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["prompt", "model", "take"], name="one_slot_per_prompt_model_and_take"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(finished_at=None), name="slot_due"
            ),
        ]

    def __str__(self) -> str:
        return f"Slot {self.pk}"


class Generation(models.Model):
    """One call to a provider. The state machine lives in `calls.py`; states only move forward."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        SUBMITTING = "submitting", "Sent, waiting for the answer"
        SUBMITTED = "submitted", "Queued at the provider"
        COLLECTING = "collecting", "Collecting the picture"
        STORED = "stored", "Stored"
        REFUSED = "refused", "Refused"
        EMPTY = "empty", "No picture in the answer"
        FAILED = "failed", "Failed"
        TIMED_OUT = "timed-out", "Timed out"
        UNCERTAIN = "uncertain", "Possibly charged, answer unknown"

    class Origin(models.TextChoices):
        ORDERED = "ordered", "Ordered from the provider"
        SHIPPED = "shipped", "Shipped with Paragone, made earlier by the same studio"

    RUNNING = (State.PLANNED, State.SUBMITTING, State.SUBMITTED, State.COLLECTING)

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="generations")
    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="generations")
    attempt = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PLANNED)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.ORDERED)
    outcome = models.CharField(
        max_length=20, blank=True, help_text="The provider layer's name for how it ended (I9)."
    )
    message = models.TextField(blank=True, help_text="The provider's own words, or ours.")
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    remote_id = models.CharField(max_length=200, blank=True)
    parameters = models.JSONField(default=dict, help_text="What was asked: size, seed, options.")
    revised_prompt = models.TextField(blank=True)
    expected_cost = models.DecimalField(
        max_digits=12,
        decimal_places=6,
        null=True,
        blank=True,
        help_text="Dollars by the price list of the day it was planned; empty: the list does not say.",
    )
    ttfb_ms = models.PositiveIntegerField(null=True, blank=True)
    total_ms = models.PositiveIntegerField(null=True, blank=True)
    # The lease says who works on this row; the fence makes every write of an overtaken worker fail.
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["slot", "attempt"], name="one_generation_per_attempt"),
            models.UniqueConstraint(
                fields=["slot"],
                condition=Q(state__in=["planned", "submitting", "submitted", "collecting"]),
                name="one_running_generation_per_slot",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"],
                condition=Q(state__in=["planned", "submitting", "submitted", "collecting"]),
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
    width = models.PositiveSmallIntegerField(help_text="Of the original, in pixels.")
    height = models.PositiveSmallIntegerField()
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


class Pulse(models.Model):
    """When each queue's worker last did something, so that pages can say that it is away."""

    queue = models.CharField(max_length=20, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.queue} at {self.beat_at}"
