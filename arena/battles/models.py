"""Shows pairs, records verdicts."""

from django.db import models
from django.db.models import F, Q

from arena.catalog.models import Discipline, ImageModel, Population
from arena.challenges.models import Prompt
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

    token = models.CharField(max_length=40, unique=True)
    voter = models.ForeignKey(Voter, on_delete=models.CASCADE, related_name="battles")
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
            models.Index(fields=["voter", "-issued_at"], name="battles_of_voter"),
            models.Index(
                fields=["voter", "-skipped_at"],
                condition=Q(skipped_at__isnull=False),
                name="skips_of_voter",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(left=F("right")), name="a_battle_needs_two_candidates"
            )
        ]

    def __str__(self) -> str:
        return f"Battle {self.pk}"


class Vote(models.Model):
    """What the voter said. Rows are appended and never change; `counted` is decided once, with its reason."""

    battle = models.OneToOneField(Battle, on_delete=models.PROTECT, related_name="vote")
    voter = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="votes")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    counted = models.BooleanField()
    reason = models.CharField(
        max_length=20, blank=True, help_text="Why it does not count; empty when it does."
    )
    first = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="+")
    viewing_ms = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["voter", "-created_at"], name="votes_of_voter")]
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


class Undo(models.Model):
    """A verdict that its voter took back: it counts no more, and nothing else of it changes."""

    vote = models.OneToOneField(Vote, on_delete=models.PROTECT, related_name="undo")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Undo of vote {self.vote_id}"


class Exposure(models.Model):
    """This voter was shown which model made this candidate (I3)."""

    voter = models.ForeignKey(Voter, on_delete=models.CASCADE, related_name="exposures")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["voter", "candidate"], name="a_name_is_shown_first_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.voter_id} saw {self.candidate_id}"


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
