"""Shows pairs, records verdicts."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from arena.catalog.models import Discipline, ImageModel, Population
from arena.challenges.models import Category, Challenge, Prompt
from arena.generation.models import Candidate


class Verdict(models.TextChoices):
    LEFT = "left", "Left is better"
    RIGHT = "right", "Right is better"
    TIE = "tie", "Tie"
    BOTH_BAD = "both_bad", "Both bad"


class Voter(models.Model):
    """A browser that votes; known by a signed cookie and nothing else."""

    created_at = models.DateTimeField(auto_now_add=True)
    simulated = models.BooleanField(default=False)
    network = models.CharField(
        max_length=32,
        blank=True,
        help_text="Of the first visit, as a hash with the day's salt: for caps, not for knowing.",
    )
    crowded = models.BooleanField(
        default=False,
        help_text="The network had brought too many new voters already: nothing counts on the first day.",
    )
    forgotten_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="The person asked to be forgotten: the cookie is void, the votes belong to nobody.",
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["network", "-created_at"],
                condition=~Q(network=""),
                name="voters_of_network",
            )
        ]

    def __str__(self) -> str:
        return f"Voter {self.pk}"


class Battle(models.Model):
    """Two candidates of one prompt, issued to one voter. Its token is the idempotency key of the verdict."""

    # Not a column: whether its voter had been told a name of it when it was handed out.
    names_known: bool | None = None

    token = models.CharField(max_length=40)
    # Each index is one more write in every vote. Those of voters are served by the ones below.
    voter = models.ForeignKey(
        Voter, on_delete=models.CASCADE, related_name="battles", db_index=False
    )
    population = models.CharField(max_length=4, choices=Population.choices)
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="battles")
    left = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="+")
    probability = models.FloatField(help_text="With which this pair was chosen, sides not counted.")
    even_ratio = models.FloatField(
        default=1.0,
        help_text="The probability that its two models would meet on its prompt if pairs were drawn "
        "evenly, over the one they met with: the weight of inverse issue probability.",
    )
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    skipped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["voter", "expires_at"], name="battles_of_voter"),
            models.Index(
                fields=["voter", "-skipped_at"],
                condition=Q(skipped_at__isnull=False),
                name="skips_of_voter",
            ),
        ]
        constraints = [
            # Not unique=True, which would add a second index for searches by pattern.
            models.UniqueConstraint(fields=["token"], name="a_token_opens_one_battle"),
            models.CheckConstraint(
                condition=~Q(left=F("right")), name="a_battle_needs_two_candidates"
            ),
        ]

    def __str__(self) -> str:
        return f"Battle {self.pk}"


class Vote(models.Model):
    """What the voter said. Rows are appended and never change; `counted` is decided once, with its reason."""

    battle = models.OneToOneField(Battle, on_delete=models.PROTECT, related_name="vote")
    voter = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="votes", db_index=False)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    counted = models.BooleanField()
    reason = models.CharField(
        max_length=20, blank=True, help_text="Why it does not count; empty when it does."
    )
    first = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="+", db_index=False)
    second = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="+")
    viewing_ms = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["voter", "-created_at"], name="votes_of_voter"),
            models.Index(fields=["first", "second"], name="votes_on_pair"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=["left", "right", "tie", "both_bad"]),
                name="verdict_is_known",
            ),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="a_pair_is_unordered"),
            models.UniqueConstraint(
                fields=["voter", "first", "second"],
                condition=Q(counted=True),
                name="a_pair_counts_once_per_voter",
            ),
        ]

    def __str__(self) -> str:
        return f"Vote {self.pk}"


# Which votes boards are made of.
STANDING = Q(counted=True, undo__isnull=True)


class Decision(models.Model):
    """What a curator decided about a picture, and what became of its votes. Rows are appended, never changed.

    Only `voided` is filled in later: how many votes were subtracted, null while that is still to be done.
    """

    class Action(models.TextChoices):
        DISMISSED = "dismissed", "Reports dismissed"
        HIDDEN = "hidden", "Hidden"
        SHOWN = "shown", "Shown again"
        RETIRED = "retired", "Retired"
        ROTATED = "rotated", "Retired, a new take ordered"

    class Votes(models.TextChoices):
        KEPT = "kept", "Its votes are kept"
        VOIDED = "voided", "Its votes are voided"

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="decisions")
    action = models.CharField(max_length=9, choices=Action.choices)
    votes = models.CharField(max_length=6, choices=Votes.choices, default=Votes.KEPT)
    reason = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    voided = models.PositiveIntegerField(
        null=True, blank=True, help_text="Votes subtracted; empty: that is still to be done."
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="votes_are_voided_with_a_hidden_picture_only",
                condition=Q(votes="kept", voided=0) | Q(votes="voided", action="hidden"),
            )
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(voided=None), name="decisions_to_carry_out")
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: candidate {self.candidate_id}"


class Undo(models.Model):
    """A verdict that was taken back, by its voter or by a decision: it counts no more, and stays as it is."""

    vote = models.OneToOneField(Vote, on_delete=models.PROTECT, related_name="undo")
    decision = models.ForeignKey(
        Decision,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="undos",
        help_text="Of the curator who voided the picture's votes; empty: its voter took it back.",
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Undo of vote {self.vote_id}"


class Exposure(models.Model):
    """This voter was shown which model made this candidate (I3)."""

    voter = models.ForeignKey(
        Voter, on_delete=models.CASCADE, related_name="exposures", db_index=False
    )
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["voter", "candidate"], name="a_name_is_shown_first_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.voter_id} saw {self.candidate_id}"


class Report(models.Model):
    """Somebody says that a picture should not be here. Open until a decision about the picture."""

    class Reason(models.TextChoices):
        PERSON = "person", "It shows a real person who may not want it"
        OFFENSIVE = "offensive", "It is hateful, sexual or cruel"
        UNLAWFUL = "unlawful", "It may be against the law"
        RIGHTS = "rights", "It copies somebody's work or brand"
        BLIND = "blind", "It tells which model made it"
        BROKEN = "broken", "The file is broken or no picture"
        OTHER = "other", "Something else"

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="reports")
    reason = models.CharField(max_length=9, choices=Reason.choices)
    words = models.CharField(max_length=500, blank=True)
    voter = models.ForeignKey(
        Voter, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports"
    )
    network = models.CharField(
        max_length=32, blank=True, help_text="As on the voter: with the day's salt, for limits."
    )
    decision = models.ForeignKey(
        Decision, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports"
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["candidate"], condition=Q(decision=None), name="open_reports_of_picture"
            ),
            models.Index(
                fields=["network", "created_at"],
                condition=~Q(network=""),
                name="reports_of_network",
            ),
        ]

    def __str__(self) -> str:
        return f"Report {self.pk} of candidate {self.candidate_id}"


class Suggestion(models.Model):
    """A prompt that a voter suggests. Nobody but its voter and the curators sees it; waits for a decision.

    What a curator takes becomes a challenge, which has words of its own from then on.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        TAKEN = "taken", "Taken"
        DECLINED = "declined", "Declined"

    title = models.CharField(max_length=80)
    text = models.TextField()
    discipline = models.CharField(max_length=20, choices=Discipline.choices)
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    remark = models.CharField(max_length=300, blank=True, help_text="To the curators.")
    digest = models.CharField(
        max_length=64,
        editable=False,
        help_text="SHA-256 of the discipline and the words, without case and spaces.",
    )
    voter = models.ForeignKey(
        Voter, null=True, blank=True, on_delete=models.SET_NULL, related_name="suggestions"
    )
    network = models.CharField(
        max_length=32, blank=True, help_text="As on the voter: with the day's salt, for limits."
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    challenge = models.ForeignKey(
        Challenge,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="suggestions",
        help_text="What was made of it.",
    )
    reason = models.CharField(
        max_length=200, blank=True, help_text="Why it was declined; its voter reads it."
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="words_are_suggested_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "taken", "declined"]),
                name="state_of_a_suggestion_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="suggestions_in_state"),
            models.Index(
                fields=["network", "created_at"],
                condition=~Q(network=""),
                name="suggestions_of_network",
            ),
        ]

    def __str__(self) -> str:
        return f"Suggestion {self.pk}"


class PairWeight(models.Model):
    """How likely two models should meet, as ratings see it: written by ratings, read when pairs are drawn."""

    population = models.CharField(max_length=4, choices=Population.choices)
    discipline = models.CharField(max_length=20, choices=Discipline.choices)
    first = models.ForeignKey(ImageModel, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(ImageModel, on_delete=models.CASCADE, related_name="+")
    weight = models.FloatField(help_text="Share of the discipline's draws, were all pairs free.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["population", "discipline", "first", "second"],
                name="one_weight_per_pair",
            ),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="a_weighed_pair_is_unordered"
            ),
            models.CheckConstraint(condition=Q(weight__gte=0), name="a_weight_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.weight:.4f}"


class FoldEntry(models.Model):
    """A counted vote that the tallies do not hold yet; the folding transaction deletes it."""

    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="+")
    sign = models.SmallIntegerField(default=1, help_text="+1 adds the vote, -1 takes it back.")

    def __str__(self) -> str:
        return f"{self.sign:+d} vote {self.vote_id}"
