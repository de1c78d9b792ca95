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

    def __str__(self) -> str:
        return f"Voter {self.pk}"


class Battle(models.Model):
    """Two candidates of one prompt, issued to one voter. Its token is the idempotency key of the verdict."""

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
        indexes = [models.Index(fields=["voter", "-issued_at"], name="battles_of_voter")]
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
